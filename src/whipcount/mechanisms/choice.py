"""How finely choices follow payoffs, and how often a standing question is reconsidered."""

from ..vocabulary import Day, LogUniform, Mechanism, Param, State


class Choice(Mechanism):
    """Logit responses with one persistent draw per actor and choice, redrawn at a rate.

    lam is the payoff responsiveness of quantal response (0: even chances; infinity: best reply). A standing question is
    not asked afresh every day: the draw behind an actor's answers stays until the actor reconsiders, at rate rho, so
    that results do not depend on the length of the step. News makes an actor reconsider at once: another line, the end
    of a demand that the actor has not met, a dismissal.
    """

    id = "choice"
    references = ("mckelvey_palfrey_1995", "mckelvey_palfrey_1998")

    lam = Param(22.0, prior=LogUniform(8.0, 60.0), unit="1 / utility", doc="payoff responsiveness (lambda)")
    rho = Param(
        0.06, prior=LogUniform(0.01, 0.3), unit="1 / beat", doc="rate at which a standing answer is reconsidered"
    )

    actor_epoch = State(per="actor", doc="how often each actor has reconsidered")
    prompted = State(
        per="actor",
        kind="mask",
        writers=("congress", "demand", "dismissal", "leadership", "sanction"),
        doc="has news since yesterday that makes the actor reconsider",
    )
    news = State(per="actor", doc="pieces of news so far that made the actor reconsider")
    party_epoch = State(per="party", doc="how often each party's leadership has reconsidered")

    def step(self, day: Day) -> None:
        """Some actors and leaderships reconsider: those who have news, others at the rate."""
        news = day.line_changed
        told = day.spread(news, "actor") | self.prompted
        self.news.set(self.news + 1.0, where=told)
        again = day.happens("actor reconsiders", self.rho, "actor") | told
        self.actor_epoch.set(self.actor_epoch + 1.0, where=again)
        anew = day.happens("party reconsiders", self.rho, "party") | news
        self.party_epoch.set(self.party_epoch + 1.0, where=anew)
        self.prompted.set(False)
