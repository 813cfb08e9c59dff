"""The vocabulary of explanations: questions, options and terms of utility, by name.

The names themselves are the model's, the same in its source, its events and its sensitivity tables; what is missing
here is shown by that name.
"""

from __future__ import annotations

from whipcount.text import mark, say, say_as

QUESTIONS: dict[str, str] = {
    "mandate break off": mark("break off the talks?"),
    "mandate expose": mark("take part only to expose the talks?"),
    "talks accept": mark("accept what the session offers?"),
    "talks ratify": mark("ratify the agreement?"),
    "talks investiture": mark("let the new government pass?"),
    "formateur propose": mark("which government to propose?"),
    "talks word": mark("keep one's word?"),
    "forum carry": mark("carry the beaten motion here?"),
    "forum beaten motion": mark("back what was beaten elsewhere?"),
    "agenda table": mark("table a motion?"),
    "ballot": mark("vote for the motion?"),
    "ultimatum issue": mark("issue an ultimatum?"),
    "ultimatum sign": mark("sign the ultimatum?"),
    "reply reply": mark("how to answer the ultimatum?"),
    "sanction sanction": mark("what to do with those who refused?"),
    "demand threaten": mark("threaten to go?"),
    "demand answer": mark("how to answer the threat?"),
    "dismissal dismiss": mark("dismiss the dissenting minister?"),
    "dismissal put out": mark("put the dissenter out?"),
    "leadership course": mark("what does the beaten leader do?"),
    "leadership ask": mark("ask for a vote on the leader?"),
    "leadership remove": mark("remove the leader?"),
    "affiliation join": mark("join another party?"),
    "leave statement": mark("sign the statement of protest?"),
    "leave seat": mark("leave the seat?"),
    "leave post": mark("leave the post?"),
    "leave membership": mark("leave the party?"),
    "appeal appeal": mark("appeal to the organisations?"),
    "congress majority calls": mark("call a congress?"),
    "congress opposition insists": mark("insist on a congress?"),
    "split concede": mark("give way before a vote of confidence?"),
    "split confidence": mark("confidence in the government?"),
    "withdrawal tolerate": mark("tolerate the government from outside?"),
    "withdrawal stay": mark("stay in the government?"),
    "office resign": mark("resign?"),
    "office resignation": mark("accept the resignation?"),
    "office dismiss": mark("dismiss the government?"),
    "election early election": mark("call an early election?"),
    "election dissolution": mark("grant an early election?"),
    "formation propose": mark("which government to propose now?"),
    "formation join": mark("join the next government?"),
    "formation approve": mark("let the next government take office?"),
    "cabinet invite": mark("invite another partner?"),
    "cabinet enter": mark("enter the government?"),
    "withdrawal leave the government": mark("leave the government?"),
    "reconcile return": mark("cease open opposition?"),
}


def question(mechanism: str, decision: str) -> str:
    """What is asked in a decision, in words; the model's own names where the glossary has none."""
    candidates = (f"{mechanism} {decision}", f"{mechanism} {decision.split(' ')[0]}", mechanism)
    for key in candidates:
        if key in QUESTIONS:
            return say(QUESTIONS[key])
    return f"{mechanism}: {decision}" if decision != mechanism else mechanism


def word(name: str) -> str:
    """An option or a term of utility, by the name that the model gives it, in the reader's language."""
    return say_as("term", name)


def parameter_in_words(name: str) -> str:
    """What a parameter (leave.voice) is: its own description, in English; its name where it has none."""
    from whipcount.mechanisms import all_mechanisms

    mechanism, _, parameter = name.partition(".")
    known = all_mechanisms().get(mechanism)
    found = known.parameters().get(parameter) if known is not None else None
    return found.doc.partition(";")[0].rstrip(".") if found is not None and found.doc else name.replace("_", " ")
