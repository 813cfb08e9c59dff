"""Krippendorff's alpha: his published examples, its limits, and two coders' files compared and merged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import whipcount
from whipcount.errors import QuestionError
from whipcount.scenario.loader import FOLDER
from whipcount.theory.agreement import krippendorff_alpha

NAN = float("nan")
# Krippendorff 2011, example C: four observers, twelve units, some of them not coded by all
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]
CODES = arrays.arrays(float, (3, 12), elements=st.integers(1, 5).map(float))


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_four_observers(metric: str, alpha: float) -> None:
    assert krippendorff_alpha(FOUR, metric) == pytest.approx(alpha, abs=5e-4)  # type: ignore[arg-type]


def test_two_observers() -> None:
    binary = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert krippendorff_alpha(binary) == pytest.approx(0.095, abs=5e-4)
    letters = ["aabbdcccedda", "babbbccceddd"]
    assert krippendorff_alpha([[float(ord(one)) for one in row] for row in letters]) == pytest.approx(0.692, abs=5e-4)


@settings(max_examples=50, deadline=None)
@given(CODES, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]), st.permutations(range(3)))
def test_limits_and_invariances(codes: np.ndarray, metric: str, order: list[int]) -> None:
    alpha = krippendorff_alpha(codes, metric)  # type: ignore[arg-type]
    assert np.isnan(alpha) or alpha <= 1 + 1e-12
    assert np.isnan(alpha) or alpha == pytest.approx(krippendorff_alpha(codes[order], metric))  # type: ignore[arg-type]
    same = np.repeat(codes[:1], 3, axis=0)
    perfect = krippendorff_alpha(same, metric)  # type: ignore[arg-type]
    assert np.isnan(perfect) if len(set(same[0])) == 1 else perfect == pytest.approx(1.0)
    if metric == "interval" and not np.isnan(alpha):
        assert alpha == pytest.approx(krippendorff_alpha(7 - 3 * codes, "interval"))


def test_codes_dealt_by_lot_agree_on_average_not_at_all() -> None:
    random = np.random.default_rng(2)
    for metric in ("nominal", "interval"):
        found = [krippendorff_alpha(random.integers(1, 4, (2, 60)).astype(float), metric) for _ in range(200)]  # type: ignore[arg-type]
        assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(200) + 0.002


class TestFiles:
    @pytest.fixture
    def second(self, tmp_path: Path) -> Path:
        text = (FOLDER / "two-bodies.yaml").read_text(encoding="utf-8")
        for before, after in (
            ("breadth: 0.8, tariff: 0.80", "breadth: 0.6, tariff: 0.80"),
            ("cadre: 0.9", "cadre: {prior: {uniform: [0.5, 0.8]}}"),
            ("evasion_counts: true", "evasion_counts: false"),
            ("members: [dmitri, elena, felix]", "members: [dmitri, elena]"),
        ):
            assert before in text
            text = text.replace(before, after, 1)
        path = tmp_path / "second.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_file_agrees_with_itself(self) -> None:
        found = whipcount.code_check("two-bodies", "two-bodies")
        assert all(one.same for one in found.codes)
        assert found.one_only == ()
        assert all(np.isnan(one.alpha) or one.alpha == 1 for one in found.agreement)

    def test_differences_are_found_where_they_are(self, second: Path) -> None:
        found = whipcount.code_check("two-bodies", second)
        differ = {one.path: (one.first, one.second) for one in found.codes if not one.same}
        assert differ == {
            "actors.hugo.ideal.breadth": (0.8, 0.6),
            "actors.anna.cadre": (0.9, 0.65),
            "parties.union.ultimatum.evasion_counts": (True, False),
            "factions.openers.members[felix]": (True, False),
        }
        back = whipcount.code_check(second, "two-bodies")
        alphas = [sorted(one.alpha for one in told.agreement if one.same < one.values) for told in (found, back)]
        assert alphas[0] == pytest.approx(alphas[1], nan_ok=True)

    def test_the_merged_file_holds_both(self, second: Path, tmp_path: Path) -> None:
        both = tmp_path / "both.yaml"
        whipcount.code_check("two-bodies", second, merge=both)
        merged = whipcount.load(both)
        hugo = next(one for one in merged.scenario.actors if one.id == "hugo").ideal["breadth"]
        anna = next(one for one in merged.scenario.actors if one.id == "anna").cadre
        assert hugo.coders == (0.8, 0.6)
        assert anna is not None
        assert anna.prior is not None
        low, high = anna.prior.uniform or (0, 0)
        assert (low, high) == (pytest.approx(0.515), 0.9)  # 5% of the prior of one, the number of the other
        name = "coders_parties_union_ultimatum_evasion_counts"
        for choice, counts in (("first", True), ("second", False)):
            version = whipcount.load(both, choices={name: choice}).scenario.parties[0].ultimatum
            assert version is not None
            assert version.evasion_counts is counts

    def test_files_of_two_crises_are_refused(self) -> None:
        bare = {"whipcount": 2}
        with pytest.raises(Exception, match="WC"):
            whipcount.code_check(bare, "two-bodies")

    def test_nothing_in_common(self) -> None:
        from types import SimpleNamespace

        from whipcount.questions.code_check import check_codes

        empty = SimpleNamespace(text="whipcount: 2\n", slug="a", path=Path("a"))
        with pytest.raises(QuestionError, match="WC425"):
            check_codes(empty, empty)  # type: ignore[arg-type]
