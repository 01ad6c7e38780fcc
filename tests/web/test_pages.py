"""What every page must be, whatever stands in it: found, quiet on the console, its own, usable by everybody."""
import pytest

from harness import ROOT

PAGES = sorted("/" if path.stem == "index" else f"/{path.stem}" for path in (ROOT / "aggregator/web").glob("*.html"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_no_sale_yet(page, contest, path, language):
    page.open(f"{path}?contest={contest}&lang={language}")
    page.wait("document.querySelector('main') && document.title.length > 2", "the page")
    page.wait("document.querySelector('main').innerText.trim().length > 20", "something to read")
    assert page.run("return document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    page.check_access()
