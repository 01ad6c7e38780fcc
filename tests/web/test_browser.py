"""The harness sees what it is there to see: each thing that no screen may do, done on purpose."""
import pytest

FORBIDDEN = {
    "an error on the console": "console.error('broken')",
    "an exception": "setTimeout(() => { throw new Error('broken'); })",
    "an inline style": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
    "an inline handler": "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"alert(1)\">')",
    "a script from elsewhere": "document.head.append(Object.assign(document.createElement('script'), { src: 'http://192.0.2.1/x.js' }))",
    "a request to elsewhere": "fetch('http://192.0.2.1/').catch(() => {})",
    "a missing file": "fetch('/nothing.json')",
}


@pytest.mark.parametrize("script", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_no_screen_may_do_is_seen(page, contest, script):
    page.open(f"/?contest={contest}")
    page.wait("document.title.length > 2", "the page")
    page.check()
    page.run(script)
    page.run("return new Promise((done) => setTimeout(done, 300))")
    with pytest.raises(AssertionError):
        page.check()


def test_a_serious_finding_is_seen(page, contest):
    page.open(f"/?contest={contest}")
    page.wait("document.title.length > 2", "the page")
    page.run("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        page.check_access()


def test_what_sticks_out_is_seen(page, contest):
    page.open(f"/?contest={contest}", "narrow")
    page.wait("document.title.length > 2", "the page")
    page.run("document.querySelector('main').style.minWidth = '30rem'")
    with pytest.raises(AssertionError):
        page.check_width()
