"""A real browser, and what no screen may ever do.

Page.check() reads what the browser noted since the last time and fails on any line of the console that is an error,
any exception, any request to another host, and anything that the page's own security policy had to stop. The
fixture calls it when a test ends; a test that breaks the line on purpose says so with `page.forgive(pattern)`.
"""
import contextlib
import json
import re
import tempfile
import time
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException, WebDriverException
from selenium.webdriver.chrome.service import Service

from harness import DEADLINE_S, ROOT, wait_until

PICTURES = ROOT / "build/test/pictures"
AXE = ROOT / "aggregator/web/node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}

SIZES = {"wall": (1920, 1080), "hd": (1280, 720), "4k": (3840, 2160), "desk": (1440, 900), "phone": (390, 844), "narrow": (320, 700)}

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
         "--force-color-profile=srgb", "--lang=zh-CN"]

# Kept by the page itself, before any of its scripts runs: each violation of the policy, with what it was about.
WATCH_POLICY = """
window.stoppedByPolicy = [];
addEventListener('securitypolicyviolation', (event) => {
  window.stoppedByPolicy.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def make_driver(**logging):
    """`logging`: more for perfLoggingPrefs, such as traceCategories."""
    options = webdriver.ChromeOptions()
    for flag in [*FLAGS, f"--user-data-dir={tempfile.mkdtemp(prefix='bochuang-web-')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if logging:
        options.add_experimental_option("perfLoggingPrefs", logging)
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_script_timeout(60)
    driver.set_page_load_timeout(60)
    return driver


def is_own(url):
    address = urllib.parse.urlsplit(url)
    return address.scheme in ("data", "blob", "about", "chrome") or address.hostname == "127.0.0.1"


def as_read(value):
    """What a page gave, as it is read: a no-break space, which keeps a sum and its unit together, is a space."""
    if isinstance(value, str):
        return value.replace("\u00a0", " ")
    if isinstance(value, list):
        return [as_read(one) for one in value]
    return {key: as_read(one) for key, one in value.items()} if isinstance(value, dict) else value


class Page:
    """One tab. Its addresses are those of one board."""

    def __init__(self, driver, port):
        self.driver, self.port, self.forgiven, self.requests = driver, port, [], []
        self.noted, self.finished, self.streamed, self.preferred = [], [], [], {}
        before = driver.current_window_handle
        driver.switch_to.new_window("tab")
        mine = driver.current_window_handle
        driver.switch_to.window(before)
        driver.close()
        driver.switch_to.window(mine)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH_POLICY)
        self.cdp("Network.enable", maxTotalBufferSize=50_000_000)
        self.resize("desk")
        self.drain()
        self.noted, self.requests = [], []

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    # --- Looking ---

    def resize(self, size, scale=1):
        """A name of SIZES, or (width, height) in CSS pixels; `scale` device pixels to each."""
        self.size = size if isinstance(size, str) else f"{size[0]}x{size[1]}"
        self.width, height = SIZES[size] if isinstance(size, str) else size
        self.cdp("Emulation.setDeviceMetricsOverride", width=self.width, height=height, deviceScaleFactor=scale,
                 mobile=self.width < 600)

    def prefer(self, **features):
        """prefer(color_scheme='dark', reduced_motion='reduce'); beside what was preferred before."""
        self.preferred.update(features)
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in self.preferred.items()])

    def open(self, path, size=None):
        if size:
            self.resize(size)
        self.driver.get(f"http://127.0.0.1:{self.port}{path}")
        return self

    def run(self, script, *arguments):
        return as_read(self.driver.execute_script(script, *arguments))

    def find(self, selector):
        return self.run("return document.querySelector(arguments[0])", selector)

    def text(self, selector="body"):
        """As it is read: hidden parts left out; "" where there is no such thing."""
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def all_text(self):
        """All that stands in the page, hidden or not, in its attributes and form fields too."""
        return self.run("return document.documentElement.outerHTML + [...document.querySelectorAll('input,textarea')].map((f) => f.value)")

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.innerText)", selector)

    def wait(self, script, what, deadline_s=DEADLINE_S):
        """Until the expression is true; gives its value."""
        return wait_until(lambda: self.run(f"return ({script})"), f"{what}\n{self.text()[:1500]}", deadline_s, 0.03)

    def wait_text(self, selector, wanted, deadline_s=DEADLINE_S):
        """Until the text of an element holds this; `wanted` may be a pattern."""
        pattern = wanted if isinstance(wanted, re.Pattern) else re.compile(re.escape(wanted))
        return wait_until(lambda: pattern.search(self.text(selector)), f"{wanted!r} in {selector}", deadline_s, 0.03)

    # --- Touching: as a hand does, so that what is covered or off the screen cannot be pressed ---

    def press(self, selector):
        """Again where something came between: a page that just gets longer moves under any hand."""
        def is_pressed():
            element = self.find(selector)
            if not element:
                return False
            self.run("arguments[0].scrollIntoView({block: 'center'})", element)
            with contextlib.suppress(ElementClickInterceptedException):
                element.click()
                return True
            return False

        wait_until(is_pressed, f"{selector} to press, with nothing before it")

    def type(self, selector, text):
        element = wait_until(lambda: self.find(selector), f"{selector} to type in")
        element.clear()
        element.send_keys(text)

    def keys(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def offline(self, is_off):
        self.cdp("Network.emulateNetworkConditions", offline=is_off, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    # --- Pictures ---

    def picture(self, name, whole=False):
        """Into build/test/pictures/NAME-SIZE.png; `whole`: the page to its end, not only what is in sight."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.run("return document.fonts.ready.then(() => true)")
        time.sleep(0.3)  # so that glides and fades have come to rest: for the eye only, no test looks at it
        size = self.size
        if whole:
            self.resize((self.width, min(self.run("return document.documentElement.scrollHeight"), 6000)))
        path = PICTURES / f"{name}-{size}.png"
        self.driver.save_screenshot(str(path))
        return path

    # --- What no screen may do ---

    def forgive(self, *patterns):
        """Errors of the console that this test makes happen."""
        self.forgiven += [re.compile(pattern) for pattern in patterns]

    def drain(self):
        """Reads what the browser noted: complaints, addresses asked for, answers that have come, events of live streams."""
        for line in self.driver.get_log("browser"):
            if line["level"] == "SEVERE" or "Content Security Policy" in line["message"]:
                self.noted.append(f"console: {line['message']}")
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            method, given = message["method"], message["params"]
            if method == "Network.requestWillBeSent":
                self.requests.append(given["request"]["url"])
            elif method == "Network.webSocketCreated":
                self.requests.append(given["url"])
            elif method == "Network.loadingFinished":
                self.finished.append(given["requestId"])
            elif method == "Network.eventSourceMessageReceived":
                self.streamed.append(given["data"])

    def heard(self):
        """All that has come over the line for this page, as text: every answer the browser still has, every event."""
        self.drain()
        answers = []
        for number in self.finished:
            with contextlib.suppress(WebDriverException):  # of a page that was left: gone
                answers.append(self.cdp("Network.getResponseBody", requestId=number)["body"])
        assert answers and (self.streamed or answers[1:]), "nothing was heard"
        return "\n".join(answers + self.streamed)

    def check(self):
        self.drain()
        noted, self.noted = self.noted, []
        requests, self.requests = self.requests, []
        wrong = [text for text in noted if not any(pattern.search(text) for pattern in self.forgiven)]
        wrong += [f"a request to another host: {url}" for url in requests if not is_own(url)]
        wrong += self.run("const seen = window.stoppedByPolicy ?? []; window.stoppedByPolicy = []; return seen")
        assert not wrong, "\n".join(wrong)

    def check_access(self, *rules_off):
        """axe-core: no serious finding. `rules_off` with their reason beside the call. Without motion: a colour on its way is none."""
        self.prefer(reduced_motion="reduce")
        self.run(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script("""
            const [off, done] = arguments;
            const rules = Object.fromEntries(off.map((rule) => [rule, { enabled: false }]));
            axe.run(document, { rules, resultTypes: ['violations'] }).then((result) => done(result.violations), (error) => done([
              { id: String(error), impact: 'critical', nodes: [] }]));""", list(rules_off))
        serious = [f"{one['id']} ({one['impact']}): {one.get('help')}\n" + "\n".join(
            f"  {node['html'][:160]}\n    {node['failureSummary'][:300]}" for node in one["nodes"][:4])
            for one in found if one["impact"] in SERIOUS]
        assert not serious, "\n".join(serious)

    def check_width(self):
        """Nothing sticks out sideways."""
        wide = self.run("""
            const [most] = arguments;
            if (document.documentElement.scrollWidth <= most) return [];
            // What sticks out of a box that scrolls by itself does not widen the page.
            const boxed = (node) => node !== document.body && (getComputedStyle(node).overflowX !== 'visible' || boxed(node.parentElement));
            const wide = [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > most + 1 && !boxed(node.parentElement));
            return wide.length ? wide.slice(0, 5).map((node) => node.outerHTML.slice(0, 120)) : ['the page, and nothing in it alone'];""", self.width)
        assert wide == [], wide
