"""Leadership as an office: asked for, voted on, lost, given up, and passed on."""

from ..vocabulary import Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import foresight, formulas


class Leadership(Mechanism):
    """A party's leader is chosen and removed by a body of it, under its rule.

    Members ask for a vote where its expected result and their gain make it worth the reprisal; enough of them bring the
    vote, and a majority of it removes the leader (Quinn 2012; Cross & Blais 2012; O'Brien 2015). A member gains what a
    successor, who would stand where the body stands on average, is worth over the leader, and what the leader's
    weakness costs all; weakness comes from a line lost and a government fallen, and fades. A leader who is beaten or
    has lost the government may bow, resign, or go over the body's head to the congress; what else anybody may do, leave
    the party with followers, a leader may too. Who is removed or has resigned is not a candidate.
    """

    id = "leadership"
    after = ("leave",)
    references = ("quinn_2012", "cross_blais_2012", "obrien_2015", "dewan_myatt_2007")
    verbs = (
        Verb("ask_vote", per="actor", doc="asks for a vote on the leader"),
        Verb("leader_vote", per="party", codes=("", "kept", "removed"), doc="the party's body votes on its leader"),
        Verb("leader_course", per="party", codes=("", "bow", "resign", "appeal"), doc="what a beaten leader does"),
        Verb("leader_out", per="actor", doc="ceases to lead the party"),
        Verb("leader_in", per="actor", doc="is elected leader of the party"),
    )

    # Leaders matter for what a party does, and are not all of it: from nothing to half of the difference.
    direction = Param(0.2, prior=Uniform(0.0, 0.5), unit="share", doc="how far the line follows the leader's own ideal")
    # A leader as good as gone costs the party what a seat is worth to a member, or a quarter of that.
    weak = Param(0.2, prior=Uniform(0.05, 0.35), unit="utility", doc="what a leader's full weakness costs a member")
    # Parties change their leader about every five years, half of these times against the leader's will.
    habit = Param(0.1, prior=Uniform(0.0, 0.2), unit="utility", doc="loyalty to the leader in office")
    cost = Param(0.15, prior=Uniform(0.05, 0.25), unit="utility", doc="cost of asking for a vote on the leader")
    reprisal = Param(0.1, prior=Uniform(0.0, 0.2), unit="utility", doc="cost of having asked, where the leader stays")
    half_life = Param(60.0, prior=LogUniform(20.0, 200.0), unit="days", doc="half-life of a leader's weakness")
    defeat = Param(0.3, prior=Uniform(0.0, 0.6), unit="share of full weakness", doc="weakness that a defeat brings")
    office = Param(0.25, prior=Uniform(0.05, 0.5), unit="utility", doc="value of the leadership to who holds it")
    members = Param(0.1, prior=Uniform(-0.05, 0.25), unit="utility", doc="worth of an appeal over the body's head")
    pace = Param(0.2, prior=LogUniform(0.05, 0.7), unit="1 / beat", doc="rate at which a vote or an election is held")
    review = Param(7.0, unit="beats", doc="from one look at the leader to the next, where nothing happens")
    rest = Param(60.0, unit="days", doc="how long a vote that the leader has won stands")

    leader = State(per="actor", kind="mask", initial="actor.leader", doc="leads the party")
    leaderless = State(per="party", kind="mask", doc="had a leader and has none")
    stepped_down = State(per="actor", kind="mask", doc="has led the party and does no more")
    blame = State(per="party", initial="party.weak", doc="weakness of the leader, 0 to 1")
    asks = State(per="actor", kind="mask", doc="asks for a vote on the leader")
    looked = State(per="party", kind="mask", doc="its members have thought of another leader")
    enough = State(per="party", kind="mask", doc="enough members ask for a vote on the leader")
    won_day = State(per="party", initial=-1000.0, doc="day on which the leader last won a vote")
    over_heads = State(per="party", kind="mask", doc="a beaten leader has called the congress")
    in_office = State(per="party", kind="mask", initial="party.in_power", doc="governed yesterday")

    def step(self, day: Day) -> None:
        """Weakness comes and fades; votes are asked for and held; a beaten leader chooses; a successor is elected."""
        another_line = day.line_changed & day.knew_line  # a first line beats nobody
        beaten = day.any(self.leader & day.beaten, "party") & another_line
        fell = self.in_office & day.fallen & ~day.governs
        self.in_office.set(day.governs)
        lost = (beaten | fell) & day.any(self.leader, "party")
        kept = day.exp(-0.6931472 * day.dt / self.half_life)
        self.blame.set(day.smaller(self.blame * kept + day.where(lost, self.defeat, 0.0), 1.0))
        with day.when(day.or_ordered(day.any(lost), "course")):
            self._course(day, lost)
        voters = day.given("seat.leadership") & day.sits & day.spread(day.member, "seat")
        led = day.given("party.removable") & day.any(self.leader, "party") & (day.number - self.won_day > self.rest)
        due = day.happens("look", 1.0 / self.review, "party") | ~self.looked | lost | day.line_changed
        looks = led & due
        self.looked.set(True, where=looks)
        with day.when(day.any(looks)):
            self._contest(day, voters, looks)
        votes = self.enough & led & day.happens("vote", self.pace, "party")
        with day.when(day.any(votes)):
            self._vote(day, voters, votes)
        vacant = self.leaderless & day.happens("election", self.pace, "party")
        with day.when(day.any(vacant)):
            self._elect(day, voters, vacant)

    def _course(self, day: Day, lost: Array) -> None:
        gap = day.total(day.where(self.leader, foresight.voice_value(day), 0.0), "party")
        ambition = day.total(day.where(self.leader, day.given("actor.ambition"), 0.0), "party")
        means = day.given("actor.press") + day.given("actor.organisation")
        reach = day.total(day.where(self.leader, means, 0.0), "party")
        able = day.given("party.has_congress") & ~day.called & ~day.judged
        choice = day.choose(
            "course",
            who=lost,
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            bow={"voice": -gap, "weakness": -self.weak * self.blame},
            resign={"office": -self.office * ambition},
            appeal={
                "members": self.members * reach,
                "cost": -day.parameter("congress.insist"),
                "no congress": day.where(able, 0.0, -10.0),
            },
        )
        day.record("leader_course", choice.code > 0.0, choice.code, choice.probability)
        day.called.set(True, where=choice.is_("appeal") & able)
        self.over_heads.set(True, where=choice.is_("appeal") & able)
        self._go(day, self.leader & day.spread(choice.is_("resign"), "actor"))

    def _gain(self, day: Day, voters: Array) -> Array:
        """By actor: the successor expected over the leader, and the leader's weakness, over loyalty."""
        weight = day.where(voters, day.weight, 0.0)
        there: list[Array] = []
        here: list[Array] = []
        for ideal in day.vector("ideal"):
            average = day.mean(day.spread(ideal, "seat"), weight, "party")
            there.append(day.spread(average, "actor"))
            own = day.total(day.where(self.leader, ideal, 0.0), "party")
            here.append(day.spread(own, "actor"))
        policy = formulas.policy_of(day, tuple(there)) - formulas.policy_of(day, tuple(here))
        return self.direction * policy + self.weak * day.spread(self.blame, "actor") - self.habit

    def _contest(self, day: Day, voters: Array, led: Array) -> None:
        gain = self._gain(day, voters)
        lam = day.parameter("choice.lam")
        weight = day.where(voters & day.spread(led, "seat"), day.weight, 0.0)
        yes = day.spread(day.where(self.leader, 0.0, day.logistic(lam * gain)), "seat")
        passing = day.spread(day.chance_of_majority(yes, 1.0 - yes, weight, "party"), "actor")
        able = day.any(voters, "actor") & day.spread(led, "actor") & ~self.leader
        ask = day.choose(
            "ask",
            who=able,
            lam=lam,
            epoch=day.actor_epoch,
            ask={"expected gain": passing * gain, "reprisal": -(1.0 - passing) * self.reprisal, "cost": -self.cost},
            wait={},
        )
        day.record("ask_vote", ask.is_("ask") & day.given("actor.person") & ~self.asks, probability=ask.chance("ask"))
        self.asks.set(ask.is_("ask"), where=able)
        share = day.where(day.given("actor.person"), day.number_of(self.asks), ask.chance("ask"))
        asking = day.total(weight * day.spread(day.where(able, share, 0.0), "seat"), "party")
        enough = (asking >= day.given("party.letters") * day.total(weight, "party")) & (asking > 0.0)
        self.enough.set(enough, where=led)

    def _vote(self, day: Day, voters: Array, votes: Array) -> None:
        gain = self._gain(day, voters)
        weight = day.where(voters & day.spread(votes, "seat"), day.weight, 0.0)
        yes = day.spread(day.where(self.leader, 0.0, day.logistic(day.parameter("choice.lam") * gain)), "seat")
        voting = day.spread(votes, "seat") & (weight > 0.0) & ~day.spread(self.leader, "seat")
        stake = day.spread(gain, "seat")
        vote = day.choose("remove", who=voting, lam=day.parameter("choice.lam"), remove={"gain": stake}, keep={})
        person = day.spread(day.given("actor.person"), "seat")
        share = day.where(person, day.number_of(vote.is_("remove")), yes)
        against = day.total(weight * day.where(voting, share, 0.0), "party")
        removed = votes & (against > 0.5 * day.total(weight, "party"))
        day.record("leader_vote", votes, day.where(removed, 2.0, 1.0))
        self.won_day.set(day.number, where=votes & ~removed)
        self.asks.set(False, where=day.spread(votes, "actor"))
        self.enough.set(False, where=votes)
        self._go(day, self.leader & day.spread(removed, "actor"))

    def _go(self, day: Day, who: Array) -> None:
        day.record("leader_out", who)
        self.leaderless.set(True, where=day.any(who, "party"))
        self.stepped_down.set(True, where=who)
        self.leader.set(False, where=who)
        day.prompted.set(True, where=who)

    def _elect(self, day: Day, voters: Array, vacant: Array) -> None:
        """The candidate whom the body's members like best on average, with what nobody can see of them (McFadden
        1974): mean squared distance to the voters is that to their mean, and the same for all beyond."""
        weight = day.where(voters, day.weight, 0.0)
        average = [day.mean(day.spread(ideal, "seat"), weight, "party") for ideal in day.vector("ideal")]
        score = formulas.policy_of(day, tuple(day.spread(entry, "actor") for entry in average))
        unseen = -day.log(-day.log(day.larger(day.uniform("candidate", "actor"), 1e-7))) / day.parameter("choice.lam")
        able = day.member & day.given("actor.person") & ~self.stepped_down & ~day.left_work
        able = able & day.any(day.given("seat.leadership") & day.sits, "actor") & day.spread(vacant, "actor")
        elected = day.best_in(score + unseen, able, "party")
        day.record("leader_in", elected)
        self.leader.set(True, where=elected)
        self.leaderless.set(False, where=day.any(elected, "party"))
        self.blame.set(0.0, where=day.any(elected, "party"))
