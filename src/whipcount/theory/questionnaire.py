"""The 24 questions that are asked of every quarrel in a party, a coalition or a cabinet, so that they can be compared.

F is the party or body in which the quarrel is, L its leader, G the government (or F's own executive, where F does not
govern), D the dissenters named at the start, K the disputed line or measure. Each is yes or no within a window.
"""

from __future__ import annotations

from dataclasses import dataclass

from whipcount.text import mark, say


@dataclass(frozen=True)
class Question:
    """A question: its key, what happened if it is yes, what counts as yes; texts in English."""

    key: str
    happened: str
    counts: str

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        return say(self.happened)


QUESTIONS = (
    Question(
        "q01_concession",
        mark("the leading side gives way in substance"),
        mark("the binding line moves at least half of the way towards D, or K is withdrawn"),
    ),
    Question(
        "q02_compliance",
        mark("most of the dissenters end up in line"),
        mark("more than half of D vote for the line or fall silent, and stay"),
    ),
    Question(
        "q03_defiance",
        mark("the line is broken in a recorded vote"),
        mark("at least one of D votes or abstains against it in a body whose votes are recorded"),
    ),
    Question(
        "q04_threat_down",
        mark("a formal threat is made from above"),
        mark("an ultimatum, motion or warning to some of D with a named sanction, by a leader or a body"),
    ),
    Question(
        "q05_threat_up",
        mark("a formal threat is made from below"),
        mark("some of D, or a partner, say that they will leave or bring down G unless K changes"),
    ),
    Question(
        "q06_post_resigned",
        mark("somebody resigns a post in the government"),
        mark("one or more resign a post in G over K"),
    ),
    Question(
        "q07_posts_resigned_3",
        mark("three or more resign posts in the government"),
        mark("three or more resign posts in G over K, junior ones counted"),
    ),
    Question(
        "q08_dismissed",
        mark("somebody is dismissed from a post"),
        mark("from a post, over K, by the head of G or by a body"),
    ),
    Question(
        "q09_party_left",
        mark("somebody leaves the focal party or is put out"),
        mark("one or more leave F's party or group, or are put out"),
    ),
    Question(
        "q10_party_left_10pc",
        mark("a tenth or more of the focal party leave it"),
        mark("a tenth or more of F's group in the main body leave, counted on its size at the start"),
    ),
    Question(
        "q11_expelled",
        mark("the focal party puts somebody out"),
        mark("F's party puts one or more out, or withdraws the whip"),
    ),
    Question(
        "q12_new_party",
        mark("leavers found a party of their own"),
        mark("a party or group of their own, declared within the window"),
    ),
    Question(
        "q13_leader_out",
        mark("the leader ceases to lead the focal party"),
        mark("L resigned, voted out, or leaving announced with a date"),
    ),
    Question(
        "q14_head_changes",
        mark("the head of government changes"),
        mark("another person sworn in as head of G, or the resignation accepted"),
    ),
    Question(
        "q15_falls",
        mark("the government falls, or its coalition ends"),
        mark("G resigns as a whole, is voted out, or its coalition ends"),
    ),
    Question(
        "q16_confidence_vote",
        mark("a vote of confidence or no confidence is held"),
        mark("of confidence or no confidence, put to the vote in the body that G answers to"),
    ),
    Question(
        "q17_confidence_lost",
        mark("a vote of confidence is lost"),
        mark("G loses it, or is recorded as beaten where rules give it another form"),
    ),
    Question("q18_partner_leaves", mark("a coalition partner leaves the government"), mark("as a party")),
    Question(
        "q19_partner_enters",
        mark("another partner enters, or another coalition forms"),
        mark("another partner, or another coalition, is sworn in within the window"),
    ),
    Question("q20_election", mark("an early election is called"), mark("its date is set within the window")),
    Question(
        "q21_measure_passes",
        mark("the disputed measure is carried or takes effect"),
        mark("K is carried or takes effect in the body that decides"),
    ),
    Question(
        "q22_returns",
        mark("somebody who left or was put out comes back"),
        mark("somebody who left or was put out is readmitted, or in a post again"),
    ),
    Question(
        "q23_wider_body",
        mark("a congress or another wider body is convened"),
        mark("a congress, conference or ballot of members decides or is convened on K, held within the window"),
    ),
    Question(
        "q24_abstention",
        mark("abstention is the way out of dissenters or a partner"),
        mark("abstention or absence on purpose decides, or is documented as the way out of some of D or of a partner"),
    ),
)
KEYS = tuple(one.key for one in QUESTIONS)
HAPPENED = {one.key: one.happened for one in QUESTIONS}  # what a yes is called, in English
