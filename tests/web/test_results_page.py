"""The page of a published version, made for paper, on the screens that people open it on."""
import pytest

REASON = "组织得力：参赛主播八个，直播十场，短视频二十四个，售后处理及时，评委会一致同意"


@pytest.fixture
def published(system, contest, events):
    assert system.post_events(contest, [events.paid(1234567), events.paid(2500, "s-4", "orange"), events.video("yx-01")]).status == 202
    system.must_act(contest, {"id": "c", "type": "close"}, "organiser")
    system.must_act(contest, {"id": "a", "type": "award", "award": "organisation", "winners": ["431022"], "reason": REASON})
    system.must_act(contest, {"id": "p", "type": "publish", "override": True, "reason": "首次公布"})
    system.settle(contest)
    return contest


@pytest.mark.parametrize("language", ["zh", "en", "both"])
@pytest.mark.parametrize("size", ["narrow", "phone", "desk"])
def test_nothing_sticks_out_and_reasons_are_lines(page, published, size, language):
    """Wide tables roll within the page; a reason is never a column of single characters."""
    page.open(f"/v1/contests/{published}/results/1.html?lang={language}", size)
    page.wait_text("#awards", REASON[:8])
    page.check_width()
    assert page.run("return [...document.querySelectorAll('tbody tr')].every((row) => row.offsetHeight < 120)")
    page.check_access()
    page.picture(f"results-page-{language}")
