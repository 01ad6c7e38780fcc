"""A judge under load: one adjustment after the other, each sent again until it is acknowledged."""
import http.client
import threading
import time

PATIENCE_S = 60


class Judge(threading.Thread):
    """`with Judge(system, contest) as judge: …`; then check() says whether each one holds, once, in every shard."""

    def __init__(self, system, contest, pause_s=0.02):
        super().__init__(daemon=True)
        self.system, self.contest, self.pause_s = system, contest, pause_s
        self.token = system.token(contest, "judge")
        self.stop_asked, self.acknowledged, self.failure = threading.Event(), 0, None

    def try_once(self):
        action = {"id": f"adj-{self.acknowledged}", "type": "adjust", "streamer": "yx-01", "points": 1, "reason": "加分"}
        try:
            answer = self.system.act(self.contest, action, token=self.token)
        except (OSError, http.client.HTTPException):
            return False
        assert answer.status in (202, 503, 404), answer
        return answer.status == 202

    def run(self):
        try:
            while not self.stop_asked.wait(self.pause_s):
                end = time.monotonic() + PATIENCE_S
                while not self.try_once():
                    assert time.monotonic() < end, "an action was not acknowledged"
                    time.sleep(0.02)
                self.acknowledged += 1
        except BaseException as failure:  # told to whoever waits for us
            self.failure = failure

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stop_asked.set()
        self.join(PATIENCE_S + 20)
        if kind is None and self.failure:
            raise self.failure

    def check(self):
        self.system.settle(self.contest)
        rows = self.system.live(self.contest, "/rankings/streamers")["rows"]
        adjusted = {row["id"]: row["adjusted_milli"] for row in rows}
        assert adjusted["yx-01"] == 1000 * self.acknowledged, (adjusted, self.acknowledged)
        newest = self.system.live(self.contest, "/audit")["actions"]  # as many as it gives
        applied = [entry["action"]["id"] for entry in newest if entry["outcome"] == "applied"]
        assert len(set(applied)) == len(applied), "an action is applied once"
        assert applied[-1] == f"adj-{self.acknowledged - 1}"
