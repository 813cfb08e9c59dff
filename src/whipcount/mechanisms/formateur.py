"""Who is asked to form a government, and which of the governments open to it that party proposes."""

from __future__ import annotations

from typing import Any

from ..vocabulary import Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import formulas


class Formateur(Mechanism):
    """After an election the parties bargain over who governs, not all together over one thing.

    Where a settlement needs the consent of those who would be in it and of nobody else, one side at a time leads the
    talks: it is recognised with odds of its weight (Baron & Ferejohn 1989; Austen-Smith & Banks 1988) and has a turn.
    It proposes the settlement that promises most: its own gain, times the chance that the partners accept, times the
    chance that the body whose confidence is needed lets it pass, which is how a minority can govern (Laver & Schofield
    1990; Strom 1990).
    """

    id = "formateur"
    after = ("appraisal",)
    references = ("baron_ferejohn_1989", "laver_schofield_1990", "strom_1990")
    verbs = (Verb("formateur", per="party", doc="a party is asked to form a government"),)

    turn = Param(20.0, prior=LogUniform(8.0, 50.0), unit="days", doc="how long a party is left to try, on average")

    hope = Param(
        1.0, prior=Uniform(0.0, 2.0), unit="share of seats", doc="offices that every party hopes for in the next round"
    )

    leads = State(per="party", kind="mask", doc="the party that is asked to form a government")

    def step(self, day: Day) -> None:
        """Recognise a formateur where there is none; favour what it proposes."""
        menu = formulas.menu(day)
        if not menu or not formulas.members_consent(day):
            return
        talking = (day.today("table.open") > 0.0) & ~day.fallen & ~day.talks_over
        with day.when(talking):
            self._recognise(day, menu)
            self._propose(day, menu, talking)

    def _recognise(self, day: Day, menu: tuple[str, ...]) -> None:
        able = day.only("party")
        for settlement in menu:
            able = able | day.given(f"party.inside.{settlement}")
        able = able & day.given("party.at_table") & (day.course != "withdraw")
        vacant = ~day.any(self.leads & able) | day.happens("turn", 1.0 / self.turn)
        chance = day.uniform("recognition", "party")
        odds = day.log(day.larger(day.given("party.weight"), 1e-6)) - day.log(-day.log(day.larger(chance, 1e-7)))
        named = day.best(odds, able)  # the largest of log-weights with Gumbel noise: odds of the weights
        day.record("formateur", named & vacant & ~self.leads)
        self.leads.set(named, where=vacant)

    def _propose(self, day: Day, menu: tuple[str, ...], talking: Array) -> None:
        if len(menu) == 1:
            day.favoured.set(day.only("settlement", *menu) & day.any(self.leads) & talking)
            return
        reluctant = (day.course == "expose") | (day.course == "withdraw")
        lam = day.parameter("choice.lam")
        options: dict[str, Any] = {}
        for settlement in menu:
            inside = day.given(f"party.inside.{settlement}")
            ready = day.vector_entry("ready", settlement)
            willing = day.where(reluctant, day.parameter("mandate.epsilon") * ready, ready)
            asked = inside & day.given("party.at_table") & day.given("party.must_accept")
            logs = day.where(asked, day.log(day.larger(willing, 1e-6)), 0.0)
            partners = day.exp(day.total(logs) - logs)
            worth = partners * self._passes(day, inside, ready) * day.vector_entry("gain", settlement)
            standing = day.row(day.given("settlement.standing"), settlement)
            options[_option(settlement)] = {
                "expected gain": worth,
                "precedent": day.log(standing) / lam,  # odds of the standings, where nothing else tells them apart
                "left out": day.where(inside, 0.0, -10.0),
            }
        choice = day.choose("propose", who=self.leads, lam=lam, epoch=day.party_epoch, **options)
        nothing = talking & ~talking
        column = [day.any(choice.is_(_option(name))) if name in menu else nothing for name in day.ids("settlement")]
        day.favoured.set(day.stack(column, "settlement") & talking)

    def _passes(self, day: Day, inside: Array, ready: Array) -> Array:
        """The chance that the body whose confidence is needed lets a settlement pass, if its members want it."""
        if not formulas.invested(day):
            return 1.0 + 0.0 * day.number
        body = day.given("body.confidence")
        yes = day.spread(day.where(inside, 1.0, ready), "seat")
        weight = day.where(day.spread(body, "seat") & day.sits, day.weight, 0.0)
        return day.pick(day.chance_of_majority(yes, 1.0 - yes, weight, "body"), body)


def _option(settlement: str) -> str:
    """The option that proposes a settlement: its id, unless `choose` has an argument of that name."""
    return f"{settlement}_" if settlement in ("name", "who", "lam", "epoch", "able") else settlement
