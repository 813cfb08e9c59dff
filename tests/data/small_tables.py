"""Small files in the forms that the importers read, made up for the tests."""

from __future__ import annotations

from pathlib import Path

CABINET_HEADER = (
    "country_name_short,country_name,election_date,start_date,cabinet_name,caretaker,cabinet_party,prime_minister,seats,"
    "election_seats_total,party_name_short,party_name,party_name_english,left_right,country_id,election_id,cabinet_id,"
    "previous_cabinet_id,party_id"
)
PARTIES = (("LAB", 40, 3.0, 1), ("LIB", 20, 5.0, 2), ("CON", 35, 7.5, 3), ("none", 5, None, 4))


def parlgov(folder: Path, *, zero_row: bool = False, twice: bool = False, raw: bool = True) -> Path:
    """Two elections in Ruritania (RUR) and one in Graustark (GRA), with the faults that the release has."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [CABINET_HEADER]
    cabinets = (
        ("RUR", "Ruritania", "1990-01-01", "1990-02-01", "Rassendyll I", 0, {1}, 1, 11),
        ("RUR", "Ruritania", "1990-01-01", "1992-01-01", "Rassendyll II", 0, {1, 2}, 1, 12),
        ("RUR", "Ruritania", "1994-01-01", "1994-02-01", "Black Michael", 0, {3, 2}, 3, 13),
        ("GRA", "Graustark", "1995-05-05", "1995-06-01", "Yetive", 1, {1, 2}, 1, 21),
    )
    for short, name, election, start, cabinet, caretaker, members, premier, key in cabinets:
        for party, seats, place, number in PARTIES:
            row = (
                short, name, election, start, cabinet, caretaker, int(number in members), int(number == premier), seats,
                100, party, party, party, "" if place is None else place, 1, int(election[:4]), key, "104.0", number,
            )  # fmt: skip
            lines.append(",".join(str(value) for value in row))
        if zero_row:
            lines.append(
                f"{short},{name},{election},{start},{cabinet},{caretaker},0,0,0,100,OLD,Old,Old,4.0,1,1,{key},,9"
            )
        if twice:
            lines.append(
                f"{short},{name},{election},{start},{cabinet},{caretaker},0,0,0,100,none,none,none,,1,1,{key},,4"
            )
    (folder / "view_cabinet.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    votes = ["country_name_short,election_type,election_date,vote_share,party_id"]
    votes += [f"RUR,parliament,{day},{share},{party}" for day, shares in
              (("1990-01-01", (40, 20, 30)), ("1994-01-01", (35, 22, 38)))
              for party, share in zip((1, 2, 3), shares, strict=True)]  # fmt: skip
    (folder / "view_election.csv").write_text("\n".join(votes) + "\n", encoding="utf-8")
    (folder / "view_party.csv").write_text(
        "party_id,family_name_short\n1,soc\n2,lib\n3,con\n4,none\n9,com\n", encoding="utf-8"
    )
    if raw:
        (folder / "raw_party_change.csv").write_text(
            "id,type,party,party_new,date\n1,33.0,8,3,1993-01-01\n2,31.0,7,1,1993-01-01\n", encoding="utf-8"
        )
        (folder / "raw_codes.csv").write_text(
            "id,table_variable,short\n33,party_change_type,merged\n31,party_change_type,splinter\n"
            "15,cabinet_termination,election-regular\n",
            encoding="utf-8",
        )
        (folder / "raw_cabinet.csv").write_text(
            "id,start_date,termination,termination_date\n11,1990-02-01,,1991-12-01\n12,1992-01-01,15.0,\n",
            encoding="utf-8",
        )
    return folder


def votes(path: Path, motions: int = 40) -> Path:
    """A plain table of votes: two parties of eight; two members of the first break its line on every third motion."""
    rows = ["member,party,motion,title,date,vote"]
    for motion in range(motions):
        kind = "Deployment abroad" if motion % 3 == 0 else f"Item {motion}"
        for member in range(16):
            left = member < 8
            vote = "yes" if left == (motion % 2 == 0) else "no"
            if left and member < 2 and motion % 3 == 0 and motion % 4 != 1:
                vote = "no" if vote == "yes" else "yes"
            if (member + motion) % 17 == 0:
                vote = "abstain"
            day = f"20{motion // 12:02d}-{motion % 12 + 1:02d}-01"
            rows.append(f"Member {member},{'Left' if left else 'Right'},m{motion},{kind},{day},{vote}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
