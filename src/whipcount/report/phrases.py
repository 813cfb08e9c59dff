"""How events are told: one phrase for each verb, and for each code of a verb.

A phrase stands for a group of like events of one day: ten signatures are one sentence with ten names. Texts may use
{who} (whom the events are about), {what} (what they are about; {the}: with an English article), {pairs} (whom and what,
one by one), {number} (the value) and {settlement} (the settlement that a code names). Names of bodies and posts are set
so that they need no article.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whipcount.text import catalogue, language, say_as

Group = Literal["who", "who by what", "what", "pairs", "each"]


@dataclass(frozen=True)
class Phrase:
    """A sentence for one event, and for several of a day (`many`, where it differs), in English.

    group: which events share a sentence: all of the verb (`who`, `what`, `pairs` say what is listed), those about the
    same thing (`who by what`), or none (`each`).
    """

    one: str
    many: str = ""
    group: Group = "who"


def phrase_of(verb: str, code: str | None) -> Phrase | None:
    """The phrase of an event: that of its code, or of its verb; none where there is neither."""
    return PHRASES.get(f"{verb}:{code}") or PHRASES.get(verb)


def sentence(verb: str, code: str | None, number: int) -> str:
    """The phrase of so many events in the reader's language, its places still open. Raises KeyError without one."""
    key = f"{verb}:{code}" if f"{verb}:{code}" in PHRASES else verb
    phrase = PHRASES[key]
    several = 2 if number > 1 else 1  # a list of names takes the plural, whatever its number ends on
    found = catalogue(language()).npgettext(key, phrase.one, phrase.many or phrase.one, several)
    if found not in (phrase.one, phrase.many):
        return found
    return say_as(key, phrase.many if number > 1 and phrase.many else phrase.one)


def topic(key: str) -> str | None:
    """What a division of a mechanism is about, in the reader's language; none where it is not known."""
    return say_as("topic", TOPICS[key]) if key in TOPICS else None


def notable(key: str) -> str | None:
    """The short name of what a record of facts is compared with, by `verb` or `verb:code`; none for the rest."""
    return say_as("notable", NOTABLE[key]) if key in NOTABLE else None


def lacks(verb: str, codes: tuple[str, ...]) -> list[str]:
    """Of a verb and its codes, what has no phrase."""
    if verb in PHRASES:
        return []
    named = [code for code in codes if code]
    return [f"{verb}:{code}" for code in named if f"{verb}:{code}" not in PHRASES] or ([] if named else [verb])


PHRASES = {
    # from outside
    "event": Phrase("From outside: {what}.", group="what"),
    "fall": Phrase("The government falls."),
    # mandates and talks
    "mandate:earnest": Phrase("{who}: the delegates are to seek an agreement in earnest."),
    "mandate:expose": Phrase("{who}: the delegates are to take part only to show that agreement is impossible."),
    "mandate:withdraw": Phrase("{who}: the delegates are to leave the talks."),
    "line": Phrase("Binding line of {who}: “{settlement}”.", group="each"),
    "session": Phrase("The talks sit."),
    "favoured": Phrase("Nearest to agreement: “{what}”.", group="what"),
    "formateur": Phrase("Asked to form a government: {who}."),
    "accept": Phrase("Ready to accept: {who}."),
    "decline": Phrase("Not ready: {who}."),
    "agreement": Phrase("The delegates agree: “{what}”.", group="what"),
    "ratify:yes": Phrase("Ratified by: {who}."),
    "ratify:no": Phrase("Ratification refused by: {who}."),
    "investiture:passed": Phrase("{what}: lets the new government pass.", group="each"),
    "investiture:failed": Phrase("{what}: rejects the new government.", group="each"),
    "settled": Phrase("The agreement takes effect: “{what}”.", group="what"),
    "reneged": Phrase("{who} goes back on the agreement.", "{who} go back on the agreement."),
    "breakdown": Phrase("The talks end without an agreement."),
    # motions and votes
    "attached": Phrase("The government makes it a question of confidence: “{what}”.", group="what"),
    "enacted": Phrase("Takes effect: “{what}”.", group="what"),
    "tabled": Phrase("Tabled: “{what}”.", group="what"),
    "carried": Phrase("Carried: “{what}”.", group="what"),
    "defeated": Phrase("Defeated: “{what}”.", group="what"),
    "vote:yes": Phrase("For: {who}.", group="who by what"),
    "vote:no": Phrase("Against: {who}.", group="who by what"),
    "vote:abstain": Phrase("Abstaining: {who}.", group="who by what"),
    "division:passed": Phrase("Division in {what}: passed.", group="each"),
    "division:failed": Phrase("Division in {what}: failed.", group="each"),
    "ayes": Phrase("Ayes in {what}: {number}.", group="each"),
    "noes": Phrase("Noes in {what}: {number}.", group="each"),
    "removed": Phrase("Voted out of a post: {pairs}.", "Voted out of posts: {pairs}.", "pairs"),
    "elected": Phrase("Elected: {pairs}.", group="pairs"),
    "carry": Phrase(
        "{who} carries the beaten motion to {the}.",
        "{who} carry the beaten motion to {the}.",
        "who by what",
    ),
    "prevail": Phrase("{who} prevails in {the}.", "{who} prevail in {the}.", "who by what"),
    "backed:passed": Phrase("{what}: backs what was beaten elsewhere.", group="each"),
    "backed:failed": Phrase("{what}: does not back what was beaten elsewhere.", group="each"),
    # discipline
    "breach": Phrase("{who} acts against the binding line.", "{who} act against the binding line."),
    "draft": Phrase("{who}: the leader drafts an ultimatum to the dissenters."),
    "sign": Phrase("{who} signs the ultimatum.", "{who} sign the ultimatum."),
    "ultimatum": Phrase("{who}: the ultimatum is presented with {number} signatures.", group="each"),
    "addressed": Phrase("It is addressed to {who}."),
    "lapse": Phrase("{who}: the ultimatum finds too few signatures and lapses."),
    "reply:submit": Phrase("{who} submits in writing.", "{who} submit in writing."),
    "reply:evade": Phrase("{who} gives an indefinite answer.", "{who} give indefinite answers."),
    "reply:refuse": Phrase("{who} refuses.", "{who} refuse."),
    "reply:resign": Phrase("{who} answers by resigning.", "{who} answer by resigning."),
    "sanction:tolerate": Phrase("{who}: the majority lets the matter rest."),
    "sanction:concede": Phrase("{who}: the majority gives way."),
    "sanction:strip": Phrase("{who}: the majority takes posts away from dissenters."),
    "sanction:refer": Phrase("{who}: the majority refers the matter to a higher body."),
    "sanction:expel": Phrase("{who}: the majority expels dissenters."),
    "stripped": Phrase("Removed from a post: {pairs}.", "Removed from posts: {pairs}.", "pairs"),
    "expelled": Phrase("{who} is expelled from the party.", "{who} are expelled from the party."),
    "concession": Phrase("{who}: the line is changed in the dissenters' favour."),
    "leader_goes": Phrase("{who}: the leader carries out the threat and goes."),
    "threaten": Phrase(
        "{who} threatens to go unless the line changes.", "{who} threaten to go unless the line changes."
    ),
    "answer_below:concede": Phrase("{who}: the leadership gives way to the threat."),
    "answer_below:stand": Phrase("{who}: the leadership does not give way to the threat."),
    "back_down": Phrase("{who} stays in spite of the refusal.", "{who} stay in spite of the refusal."),
    "dismissed": Phrase("Dismissed for dissent: {pairs}.", group="pairs"),
    "put_out": Phrase("{who} is put out of the party.", "{who} are put out of the party."),
    # the leadership
    "ask_vote": Phrase("{who} asks for a vote on the leader.", "{who} ask for a vote on the leader."),
    "leader_vote:kept": Phrase("{who}: the leader wins a vote on the leadership."),
    "leader_vote:removed": Phrase("{who}: the leader is voted out."),
    "leader_course:bow": Phrase("{who}: the beaten leader bows to the decision."),
    "leader_course:resign": Phrase("{who}: the beaten leader resigns."),
    "leader_course:appeal": Phrase("{who}: the beaten leader appeals to the party over the body's head."),
    "leader_out": Phrase("No longer leader: {who}."),
    "leader_in": Phrase("Elected leader: {who}."),
    # exits
    "statement": Phrase("{who} signs a statement of protest.", "{who} sign a statement of protest."),
    "joint_statement": Phrase("{who}: a joint, reasoned statement with {number} signers.", group="each"),
    "leave_seat": Phrase("{who} leaves {the}.", "{who} leave {the}.", "who by what"),
    "leave_post": Phrase("Post resigned: {pairs}.", "Posts resigned: {pairs}.", "pairs"),
    "leave_party": Phrase("{who} leaves the party.", "{who} leave the party."),
    "depart": Phrase("{number} of {who} leave the party.", group="each"),
    "join_party": Phrase("{who} joins another party.", "{who} join another party."),
    "stay_signed": Phrase(
        "Signs the statement but keeps the post: {pairs}.", "Sign the statement but keep their posts: {pairs}.", "pairs"
    ),
    # the party outside
    "appeal": Phrase("{who} appeals to the party's organisations.", "{who} appeal to the party's organisations."),
    "waver": Phrase("Wavering: {what}.", group="what"),
    "severity": Phrase("Calls for stricter measures from: {what}.", group="what"),
    "organised": Phrase("Organised in favour of the opposition: {what}.", group="what"),
    "centre": Phrase("{who}: the opposition forms a centre of its own."),
    "call:majority": Phrase("{who}: the majority calls a congress."),
    "call:opposition": Phrase("{who}: the opposition calls for a congress."),
    "call:leader": Phrase("{who}: a congress is called by the leader."),
    "call:motion": Phrase("{who}: a congress is called by a carried motion."),
    "convene": Phrase("Meets: {what}.", group="what"),
    "verdict:majority": Phrase("{who}: the congress decides for the majority."),
    "verdict:opposition": Phrase("{who}: the congress decides for the opposition."),
    # new parties, confidence, cabinets
    "new_party": Phrase("{who}: those who left found a party of their own."),
    "forced_concession": Phrase("{who}: the majority gives way before a vote of confidence."),
    "confidence:passed": Phrase("{what}: confidence in the government.", group="each"),
    "confidence:failed": Phrase("{what}: no confidence in the government.", group="each"),
    "appoint": Phrase("Appointed: {pairs}.", group="pairs"),
    "invite": Phrase("Invited into the government: {who}."),
    "enter": Phrase("Into the government: {who}."),
    "refuse_entry": Phrase("The invitation into the government is declined by: {who}."),
    "dismiss": Phrase("Dismissed: {pairs}.", group="pairs"),
    "withdraw": Phrase("Out of the government: {who}."),
    "tolerate": Phrase("Tolerates the government from outside: {who}."),
    "resigns": Phrase("{who} offers the resignation of the government."),
    "resignation:accepted": Phrase("The resignation is accepted."),
    "resignation:refused": Phrase("The resignation is refused."),
    "government_dismissed": Phrase("The head of state dismisses the government."),
    "succeeds": Phrase("{who} takes over as head of government."),
    "dissolve": Phrase("An early election is called."),
    "refuse_dissolution": Phrase("The head of state refuses an early election."),
    "election": Phrase("An election is held."),
    "wins": Phrase("{who}: {number} seats.", group="each"),
    "nominate": Phrase("Asked to form the next government: {who}."),
    "propose": Phrase("Proposed as the next government: “{what}”.", group="what"),
    "join:yes": Phrase("Ready to join it: {who}."),
    "join:no": Phrase("Not ready to join it: {who}."),
    "approve:passed": Phrase("{what}: lets the new government take office.", group="each"),
    "approve:failed": Phrase("{what}: turns the new government down.", group="each"),
    "formed": Phrase("A new government takes office."),
    "in_government": Phrase("It is made up of: {who}."),
    "head": Phrase("Head of the government from now on: {who}."),
    "vacated": Phrase(
        "Post left to the new government: {pairs}.", "Posts left to the new government: {pairs}.", "pairs"
    ),
    "remain": Phrase("In the government by decision of its body: {who}."),
    # return
    "return": Phrase("{who} ceases open opposition.", "{who} cease open opposition."),
    "readmit": Phrase("{who} is readmitted.", "{who} are readmitted."),
    "reseated": Phrase("{who} takes a seat again in {the}.", "{who} take their seats again in {the}.", "who by what"),
    "reappoint": Phrase("Back in a post: {pairs}.", "Back in posts: {pairs}.", "pairs"),
}

TOPICS = {
    "mandate 1": "breaking off the talks",
    "mandate 2": "taking part only to expose them",
    "talks": "ratification",
    "forum": "the motion beaten elsewhere",
    "sanction": "the sanction",
    "leadership": "the leadership",
    "congress": "the quarrel",
    "split": "confidence in the government",
    "cabinet": "entry into the government",
    "withdrawal 1": "leaving the government",
    "withdrawal 2": "tolerating it from outside",
    "withdrawal": "leaving the government",
    "formation": "the next government",
    "reconcile": "readmission",
}

NOTABLE = {
    "mandate:earnest": "mandate in earnest",
    "mandate:expose": "mandate to expose",
    "mandate:withdraw": "mandate to withdraw",
    "agreement": "delegates agree",
    "settled": "agreement takes effect",
    "breakdown": "talks end",
    "backed:passed": "another body backs the minority",
    "ultimatum": "ultimatum presented",
    "reply:resign": "answer by resigning",
    "sanction:concede": "majority gives way",
    "sanction:expel": "expulsion",
    "sanction:refer": "referral to a congress",
    "answer_below:concede": "leadership gives way",
    "dismissed": "dismissals",
    "put_out": "put out of the party",
    "leader_out": "leader goes",
    "leader_in": "new leader",
    "leave_seat": "seats left",
    "leave_post": "posts left",
    "leave_party": "exit from the party",
    "depart": "members leave the party",
    "join_party": "change of party",
    "joint_statement": "joint statement",
    "stay_signed": "signs and stays",
    "waver": "wavering",
    "severity": "calls for severity",
    "centre": "opposition centre",
    "convene": "congress meets",
    "new_party": "new party",
    "confidence:failed": "confidence lost",
    "confidence:passed": "confidence kept",
    "appoint": "appointments",
    "enter": "partner enters",
    "refuse_entry": "partner declines",
    "withdraw": "partner leaves",
    "resignation:accepted": "resignation accepted",
    "dissolve": "early election called",
    "election": "election",
    "formed": "new government",
    "head": "new head of government",
    "return": "opposition ceases",
    "readmit": "readmission",
    "fall": "fall of the government",
}
