"""What each party thinks of each settlement today: gains over no deal, and readiness."""

from ..vocabulary import Array, Day, Measure, Mechanism, State
from . import formulas


class Appraisal(Mechanism):
    """Readiness of each party for each settlement: logistic(lambda (U_j(y) - d_j + mediator_j)).

    Danger makes those in power readier, and makes less ready those opponents who prefer a fall to the present
    government. With one common estimate of survival a window of mutual readiness exists (Fearon 1995); optimism and
    costs of association close it. Nothing of that is coded in: it follows from the values.
    """

    id = "appraisal"
    after = ("survival",)
    references = ("putnam_1988", "fearon_1995")
    measures = (
        Measure("readiness", per="party", doc="readiness for the settlement that the table favours"),
        Measure("readiness_power", per="settlement", doc="mean readiness of the parties in power at the table"),
        Measure("readiness_opponents", per="settlement", doc="mean readiness of the other parties at the table"),
        Measure("window", per="settlement", doc="both sides readier than not"),
    )

    gain = State(per="party", over="settlement", doc="U_j(y) - d_j + mediator_j")
    ready = State(per="party", over="settlement", doc="probability to accept, if asked")
    favoured = State(
        per="settlement",
        kind="mask",
        writers=("formateur",),
        doc="y*: the weighted Nash solution of the day, or what a formateur proposes",
    )

    def step(self, day: Day) -> None:
        """Appraise every settlement on the menu while the table is set."""
        menu = formulas.menu(day)
        if not menu:
            return
        open_today = (day.today("table.open") > 0.0) & ~day.fallen
        with day.when(open_today):
            for settlement in menu:
                gain = formulas.of_party(day, formulas.deal_gain(day, settlement))
                day.vector_entry("gain", settlement).set(gain)
                day.vector_entry("ready", settlement).set(day.logistic(day.parameter("choice.lam") * gain))
            if not formulas.members_consent(day):  # else a formateur proposes
                self._favour(day, menu)
        self._measure(day, menu, open_today)

    def _favour(self, day: Day, menu: tuple[str, ...]) -> None:
        weight = day.where(day.given("party.must_accept"), day.given("party.weight"), 0.0)
        products = formulas.nash_product(day, [day.vector_entry("gain", name) for name in menu], weight)
        nothing = products[0] * 0.0
        column = [products[menu.index(name)] if name in menu else nothing for name in day.ids("settlement")]
        self.favoured.set(day.best(day.stack(column, "settlement"), day.given("settlement.on_menu")))

    def _measure(self, day: Day, menu: tuple[str, ...], open_today: Array) -> None:
        at_table, in_power = day.given("party.at_table"), day.given("party.in_power")
        none = day.where(open_today, 0.0, 0.0)
        power: list[Array] = []
        opponents: list[Array] = []
        window: list[Array] = []
        readiness = day.where(at_table, none, 0.0)
        for name in day.ids("settlement"):
            if name not in menu:
                for column in (power, opponents, window):
                    column.append(none)
                continue
            ready = day.vector_entry("ready", name)
            sides = [day.mean(ready, day.number_of(at_table & side), otherwise=0.0) for side in (in_power, ~in_power)]
            power.append(day.where(open_today, sides[0], 0.0))
            opponents.append(day.where(open_today, sides[1], 0.0))
            window.append(day.number_of(open_today & (sides[0] > 0.5) & (sides[1] > 0.5)))
            readiness = day.where(open_today & day.row(self.favoured, name), ready, readiness)
        day.measure("readiness", day.where(at_table, readiness, 0.0))
        day.measure("readiness_power", day.stack(power, "settlement"))
        day.measure("readiness_opponents", day.stack(opponents, "settlement"))
        day.measure("window", day.stack(window, "settlement"))
