"""The vocabulary of explanations in both languages: questions, options and terms of utility, by name.

The names themselves are the model's, the same in its source, its events and its sensitivity tables; what is missing
here is shown by that name.
"""

from __future__ import annotations

QUESTIONS: dict[str, tuple[str, str]] = {
    "mandate break off": ("break off the talks?", "прервать переговоры?"),
    "mandate expose": ("take part only to expose the talks?", "участвовать лишь затем, чтобы разоблачить?"),
    "talks accept": ("accept what the session offers?", "принять предложенное на заседании?"),
    "talks ratify": ("ratify the agreement?", "ратифицировать соглашение?"),
    "talks investiture": ("let the new government pass?", "утвердить новое правительство?"),
    "formateur propose": ("which government to propose?", "какое правительство предложить?"),
    "talks word": ("keep one's word?", "сдержать слово?"),
    "forum carry": ("carry the beaten motion here?", "перенести сюда отклонённое предложение?"),
    "forum beaten motion": ("back what was beaten elsewhere?", "поддержать отклонённое в другом органе?"),
    "agenda table": ("table a motion?", "внести предложение?"),
    "ballot": ("vote for the motion?", "голосовать за предложение?"),
    "ultimatum issue": ("issue an ultimatum?", "предъявить ультиматум?"),
    "ultimatum sign": ("sign the ultimatum?", "подписать ультиматум?"),
    "reply reply": ("how to answer the ultimatum?", "как ответить на ультиматум?"),
    "sanction sanction": ("what to do with those who refused?", "как поступить с отказавшимися?"),
    "leave statement": ("sign the statement of protest?", "подписать заявление протеста?"),
    "leave seat": ("leave the seat?", "оставить место?"),
    "leave post": ("leave the post?", "оставить пост?"),
    "leave membership": ("leave the party?", "выйти из партии?"),
    "appeal appeal": ("appeal to the organisations?", "обратиться к организациям?"),
    "congress majority calls": ("call a congress?", "созвать съезд?"),
    "congress opposition insists": ("insist on a congress?", "настаивать на съезде?"),
    "split concede": ("give way before a vote of confidence?", "уступить перед голосованием о доверии?"),
    "split confidence": ("confidence in the government?", "доверять правительству?"),
    "cabinet invite": ("invite another partner?", "пригласить другого партнёра?"),
    "cabinet enter": ("enter the government?", "войти в правительство?"),
    "withdrawal leave the government": ("leave the government?", "выйти из правительства?"),
    "reconcile return": ("cease open opposition?", "прекратить открытую оппозицию?"),
}

WORDS_RU: dict[str, str] = {
    # варианты
    "yes": "да",
    "no": "нет",
    "abstain": "воздержаться",
    "accept": "принять",
    "decline": "отказаться",
    "keep": "сдержать",
    "renege": "отступиться",
    "carry": "перенести",
    "hold": "не переносить",
    "table": "внести",
    "wait": "ждать",
    "issue": "предъявить",
    "sign": "подписать",
    "submit": "подчиниться",
    "evade": "уклониться",
    "refuse": "отказать",
    "resign": "уйти в отставку",
    "tolerate": "стерпеть",
    "concede": "уступить",
    "strip": "лишить постов",
    "refer": "передать выше",
    "expel": "исключить",
    "speak": "обратиться",
    "silent": "молчать",
    "call": "созвать",
    "insist": "настаивать",
    "stand": "стоять на своём",
    "invite": "пригласить",
    "back": "прекратить",
    "persist": "продолжать",
    # слагаемые
    "stake": "ставка",
    "discipline": "дисциплина",
    "abstention": "цена воздержания",
    "unity": "единство",
    "leader": "слово лидера",
    "gain": "выигрыш",
    "pretence": "притворство",
    "word": "данное слово",
    "settlement": "соглашение",
    "expression": "высказаться",
    "cost": "издержки",
    "expected gain": "ожидаемый выигрыш",
    "left out": "вне правительства",
    "precedent": "прежний опыт",
    "grievance": "раздражение",
    "danger": "опасность",
    "split": "раскол",
    "replies": "ожидаемые ответы",
    "bandwagon": "пример других",
    "voice": "голос",
    "pride": "гордость",
    "solidarity": "солидарность",
    "sanction": "взыскание",
    "form": "форма ответа",
    "expected answer": "ожидаемое решение",
    "freedom": "свобода слова",
    "seat": "место",
    "prospect": "надежда на пересмотр",
    "credibility": "верность угрозе",
    "sabotage": "саботаж",
    "exits foreseen": "ожидаемые выходы",
    "policy": "политика",
    "face": "лицо",
    "harshness": "суровость",
    "delay": "отсрочка",
    "unannounced": "без предупреждения",
    "statement": "цена заявления",
    "sanction escaped": "уход от взыскания",
    "line": "своя линия",
    "pledge": "обещание уйти",
    "platform": "трибуна",
    "office": "должность",
    "duty": "долг",
    "identity": "принадлежность",
    "verdict": "ожидаемый вердикт",
    "resources": "ресурсы",
    "risk": "риск",
    "support": "поддержка",
    "work": "дело",
    "lost cause": "безнадёжность",
    "shame": "стыд",
    "centre": "свой центр",
}


def question(mechanism: str, decision: str, language: str) -> str:
    """What is asked in a decision, in words; the model's own names where the glossary has none."""
    candidates = (f"{mechanism} {decision}", f"{mechanism} {decision.split(' ')[0]}", mechanism)
    for key in candidates:
        if key in QUESTIONS:
            return QUESTIONS[key][1 if language == "ru" else 0]
    return f"{mechanism}: {decision}" if decision != mechanism else mechanism


def word(name: str, language: str) -> str:
    """An option or a term in the reader's language."""
    return WORDS_RU.get(name, name) if language == "ru" else name
