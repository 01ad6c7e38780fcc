"""Producers under load: they post, try again until they are answered, and remember what was acknowledged."""
import http.client
import random
import threading
import time

from contests import OPENS_MS, SESSION_STREAMER, rfc3339
from harness import Connection, bearer, encode, CONTENT_TYPES

PATIENCE_S = 60


class Producer(threading.Thread):
    """Posts batches of sales (some refunded, some twice) until told to stop; then until all of it is acknowledged."""

    def __init__(self, system, contest, number, batch_count=20):
        super().__init__(daemon=True)
        self.system, self.contest, self.number, self.batch_count = system, contest, number, batch_count
        self.token = system.token(contest, "connector")
        self.random = random.Random(number)
        self.stop_asked = threading.Event()
        self.connection = Connection(system.ingest.port, timeout_s=10)
        self.acknowledged = []  # events, each once
        self.tries, self.refusals, self.failure = 0, [], None

    def make_batch(self, number):
        events, sales = [], []
        for index in range(self.random.randrange(1, self.batch_count)):
            name = f"p{self.number}-{number}-{index}"
            event = {"id": name, "type": "order.paid", "time": rfc3339(OPENS_MS + self.random.randrange(3600_000)),
                     "session": self.random.choice(list(SESSION_STREAMER)), "product": self.random.choice(["tofu", "orange"]),
                     "quantity": 1, "amount_fen": self.random.randrange(1, 10000)}
            if sales and self.random.random() < 0.2:
                sale = sales.pop()
                event = {"id": name, "type": "order.refunded", "time": event["time"], "session": sale["session"],
                         "of": sale["id"], "amount_fen": self.random.randrange(1, sale["amount_fen"] + 1)}
            else:
                sales.append(event)
            events.append(event)
        return events

    def post_once(self, events, form):
        self.tries += 1
        try:
            return self.connection.ask("POST", f"/v1/contests/{self.contest}/events", encode(events, form),
                                       Authorization=bearer(self.token), Content_Type=CONTENT_TYPES[form])
        except (OSError, http.client.HTTPException):
            return None  # nobody knows: send it again

    def post(self, events):
        """Until it is acknowledged."""
        form = self.random.choice(["array", "ndjson", "msgpack"])
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            answer = self.post_once(events, form)
            if answer is not None and answer.status == 202:
                assert answer.json["accepted"] == len(events), answer
                self.acknowledged.extend(events)
                return
            if answer is not None:
                assert answer.status in (503, 429), answer
                assert int(answer.fields["retry-after"]) >= 1
                self.refusals.append(answer)
            time.sleep(0.02)
        raise AssertionError(f"not acknowledged within {PATIENCE_S} s")

    def run(self):
        try:
            number = 0
            while not self.stop_asked.is_set():
                self.post(self.make_batch(number))
                number += 1
        except BaseException as failure:  # told to whoever waits for us
            self.failure = failure


class Load:
    """Several producers at once: `with Load(system, contest) as load: …`; at its end all is acknowledged."""

    def __init__(self, system, contest, producers=4):
        self.producers = [Producer(system, contest, number) for number in range(producers)]

    def __enter__(self):
        for producer in self.producers:
            producer.start()
        return self

    @property
    def acknowledged_count(self):
        return sum(len(producer.acknowledged) for producer in self.producers)

    def __exit__(self, kind, *_):
        for producer in self.producers:
            producer.stop_asked.set()
        for producer in self.producers:
            producer.join(PATIENCE_S + 20)
            producer.connection.close()
        if kind is None:
            for producer in self.producers:
                if producer.failure:
                    raise producer.failure
                assert not producer.is_alive()

    @property
    def refusals(self):
        return [answer for producer in self.producers for answer in producer.refusals]

    def expected(self):
        """The figures that the acknowledged events must give: sums, worked out here and nowhere else."""
        sales, refunded, by_streamer = {}, 0, {}
        for producer in self.producers:
            for event in producer.acknowledged:
                streamer = SESSION_STREAMER[event["session"]]
                if event["type"] == "order.paid":
                    sales[streamer, event["id"]] = event["amount_fen"]
                    by_streamer[streamer] = by_streamer.get(streamer, 0) + event["amount_fen"]
                else:
                    refunded += event["amount_fen"]
                    by_streamer[streamer] -= event["amount_fen"]
        gross = sum(sales.values())
        return {"gross_fen": gross, "refunded_fen": refunded, "net_fen": gross - refunded, "orders": len(sales)}, by_streamer
