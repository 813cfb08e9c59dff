"""Outside dangers and forces: war, strike, market."""

from ..vocabulary import Day, Measure, Mechanism, Param, State


class Pressure(Mechanism):
    """Mean-reverting levels in 0..1 with dated shifts and noise, reflected at the ends.

    The exact transition of an Ornstein-Uhlenbeck process over the step, so results do not depend on its length.
    """

    id = "pressure"
    after = ("chronicle",)
    references = ("uhlenbeck_ornstein_1930",)
    measures = (Measure("pressure", per="pressure", doc="level of each pressure"),)

    noise = Param(1.0, unit="multiplier", doc="multiplies the noise that each pressure declares")

    level = State(per="pressure", initial="pressure.level", doc="level today")
    target = State(per="pressure", initial="pressure.target", doc="level that it returns to")

    def step(self, day: Day) -> None:
        """Events set level and target; otherwise the level returns, with noise."""
        if not day.size("pressure"):
            return
        with day.when(day.shaken):
            fires = day.fired
            self.level.set(day.weigh("event.level", fires), where=day.weigh("event.level_set", fires) > 0.0)
            self.target.set(day.weigh("event.target", fires), where=day.weigh("event.target_set", fires) > 0.0)
        speed = day.given("pressure.reversion")
        kept = day.exp(-speed * day.dt)
        variance = day.where(speed > 1e-4, (1.0 - kept * kept) / (2.0 * day.larger(speed, 1e-4)), day.dt)
        shock = self.noise * day.given("pressure.noise") * day.sqrt(variance) * day.normal("noise", "pressure")
        level = self.target + (self.level - self.target) * kept + shock
        level = day.where(level < 0.0, -level, level)
        level = day.where(level > 1.0, 2.0 - level, level)
        self.level.set(day.clip(level, 0.0, 1.0))
        day.measure("pressure", self.level)
