"""The phrases in Russian: present tense or nouns, names in the nominative, so that nothing has to agree in gender."""

from __future__ import annotations

from .phrases import Phrase

PHRASES = {
    # извне
    "event": Phrase("Извне: {what}.", group="what"),
    "fall": Phrase("Правительство падает."),
    # мандаты и переговоры
    "mandate:earnest": Phrase("{who}: делегатам поручено искать соглашения всерьёз."),
    "mandate:expose": Phrase(
        "{who}: делегатам поручено участвовать только затем, чтобы показать невозможность соглашения."
    ),
    "mandate:withdraw": Phrase("{who}: делегатам поручено уйти с переговоров."),
    "line": Phrase("Обязательная линия партии «{who}»: «{settlement}».", group="each"),
    "session": Phrase("Идёт заседание на переговорах."),
    "favoured": Phrase("Ближе всего к согласию: «{what}».", group="what"),
    "accept": Phrase("Готовность принять: {who}."),
    "decline": Phrase("Нет готовности: {who}."),
    "agreement": Phrase("Делегаты договариваются: «{what}».", group="what"),
    "ratify:yes": Phrase("Ратификация: {who}."),
    "ratify:no": Phrase("Отказ в ратификации: {who}."),
    "settled": Phrase("Соглашение вступает в силу: «{what}».", group="what"),
    "reneged": Phrase("Отказ от соглашения: {who}."),
    "breakdown": Phrase("Переговоры кончаются без соглашения."),
    # предложения и голосования
    "tabled": Phrase("Внесено: «{what}».", group="what"),
    "carried": Phrase("Принято: «{what}».", group="what"),
    "defeated": Phrase("Отклонено: «{what}».", group="what"),
    "vote:yes": Phrase("За: {who}.", group="who by what"),
    "vote:no": Phrase("Против: {who}.", group="who by what"),
    "vote:abstain": Phrase("Воздержание: {who}.", group="who by what"),
    "division:passed": Phrase("Голосование в органе «{what}»: принято.", group="each"),
    "division:failed": Phrase("Голосование в органе «{what}»: отклонено.", group="each"),
    "ayes": Phrase("За в органе «{what}»: {number}.", group="each"),
    "noes": Phrase("Против в органе «{what}»: {number}.", group="each"),
    "removed": Phrase("Смещение с поста голосованием: {pairs}.", group="pairs"),
    "elected": Phrase("Избрание: {pairs}.", group="pairs"),
    "carry": Phrase(
        "Отклонённое предложение переносит в другой орган («{what}») {who}.",
        "Отклонённое предложение переносят в другой орган («{what}»): {who}.",
        "who by what",
    ),
    "backed:passed": Phrase("{what}: поддержка того, что отклонено в другом органе.", group="each"),
    "backed:failed": Phrase("{what}: нет поддержки того, что отклонено в другом органе.", group="each"),
    # дисциплина
    "breach": Phrase("Против обязательной линии действует {who}.", "Против обязательной линии действуют: {who}."),
    "draft": Phrase("{who}: руководство готовит ультиматум несогласным."),
    "sign": Phrase("Ультиматум подписывает {who}.", "Ультиматум подписывают: {who}."),
    "ultimatum": Phrase("{who}: ультиматум предъявлен, подписей — {number}.", group="each"),
    "addressed": Phrase("Ультиматум обращён к меньшинству; адресат — {who}.", "Адресаты ультиматума: {who}."),
    "lapse": Phrase("{who}: подписей под ультиматумом не хватает, он отпадает."),
    "reply:submit": Phrase("Письменно подчиняется {who}.", "Письменно подчиняются: {who}."),
    "reply:evade": Phrase("Неопределённый ответ: {who}.", "Неопределённые ответы: {who}."),
    "reply:refuse": Phrase("Отказ подчиниться: {who}."),
    "reply:resign": Phrase("Ответ отставкой: {who}."),
    "sanction:tolerate": Phrase("{who}: большинство оставляет дело без последствий."),
    "sanction:concede": Phrase("{who}: большинство уступает."),
    "sanction:strip": Phrase("{who}: большинство лишает несогласных постов."),
    "sanction:refer": Phrase("{who}: большинство передаёт дело на решение высшего органа."),
    "sanction:expel": Phrase("{who}: большинство исключает несогласных."),
    "stripped": Phrase("Снятие с поста: {pairs}.", "Снятие с постов: {pairs}.", "pairs"),
    "expelled": Phrase("Исключение из партии: {who}."),
    "concession": Phrase("{who}: линия меняется в пользу несогласных."),
    "leader_goes": Phrase("{who}: руководитель исполняет угрозу и уходит."),
    # выходы
    "statement": Phrase("Заявление протеста подписывает {who}.", "Заявление протеста подписывают: {who}."),
    "joint_statement": Phrase("{who}: совместное мотивированное заявление, подписей — {number}.", group="each"),
    "leave_seat": Phrase(
        "Место в органе «{what}» оставляет {who}.", "Места в органе «{what}» оставляют: {who}.", "who by what"
    ),
    "leave_post": Phrase("Отставка с поста: {pairs}.", "Отставки с постов: {pairs}.", "pairs"),
    "leave_party": Phrase("Из партии выходит {who}.", "Из партии выходят: {who}."),
    "stay_signed": Phrase(
        "Подпись под заявлением, но без ухода с поста: {pairs}.",
        "Подписи под заявлением, но без ухода с постов: {pairs}.",
        "pairs",
    ),
    # партия вне центра
    "appeal": Phrase("К партийным организациям обращается {who}.", "К партийным организациям обращаются: {who}."),
    "waver": Phrase("Колебания: {what}.", group="what"),
    "severity": Phrase("Требования более строгих мер: {what}.", group="what"),
    "organised": Phrase("Организованная поддержка оппозиции: {what}.", group="what"),
    "centre": Phrase("{who}: оппозиция создаёт свой центр."),
    "call:majority": Phrase("{who}: большинство созывает съезд."),
    "call:opposition": Phrase("{who}: оппозиция требует съезда."),
    "call:motion": Phrase("{who}: съезд созывается по принятому предложению."),
    "convene": Phrase("Собирается: {what}.", group="what"),
    "verdict:majority": Phrase("{who}: съезд решает в пользу большинства."),
    "verdict:opposition": Phrase("{who}: съезд решает в пользу оппозиции."),
    # новые партии, доверие, кабинет
    "new_party": Phrase("{who}: вышедшие создают свою партию."),
    "forced_concession": Phrase("{who}: большинство уступает перед голосованием о доверии."),
    "confidence:passed": Phrase("{what}: доверие правительству.", group="each"),
    "confidence:failed": Phrase("{what}: недоверие правительству.", group="each"),
    "appoint": Phrase("Назначение: {pairs}.", "Назначения: {pairs}.", "pairs"),
    "invite": Phrase("Приглашение в правительство: {who}."),
    "enter": Phrase("Вхождение в правительство: {who}."),
    "refuse_entry": Phrase("Отказ войти в правительство: {who}."),
    "dismiss": Phrase("Увольнение: {pairs}.", "Увольнения: {pairs}.", "pairs"),
    "withdraw": Phrase("Уход из правительства: {who}."),
    "remain": Phrase("Решение остаться в правительстве: {who}."),
    # возвращение
    "return": Phrase("Открытую оппозицию прекращает {who}.", "Открытую оппозицию прекращают: {who}."),
    "readmit": Phrase("Обратный приём: {who}."),
    "reseated": Phrase(
        "Место в органе «{what}» вновь занимает {who}.", "Места в органе «{what}» вновь занимают: {who}.", "who by what"
    ),
    "reappoint": Phrase("Вновь на посту: {pairs}.", "Вновь на постах: {pairs}.", "pairs"),
}

TOPICS = {
    "mandate 1": "разрыв переговоров",
    "mandate 2": "участие лишь затем, чтобы их разоблачить",
    "talks": "ратификация",
    "forum": "предложение, отклонённое в другом органе",
    "sanction": "взыскание",
    "congress": "спор в партии",
    "split": "доверие правительству",
    "cabinet": "вход в правительство",
    "withdrawal": "выход из правительства",
    "reconcile": "обратный приём",
}
