"""A watcher of a live stream that knows when it posted what it waits for."""
import http.client
import json
import threading
import time


def delays_ms(port, contest, post_video, seconds):
    """Posts one video after another and measures, for each, the milliseconds until the stream's totals show it."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    connection.request('GET', f'/v1/contests/{contest}/live', headers={'Accept': 'text/event-stream'})
    answer = connection.getresponse()
    seen = {'videos': 0}
    changed = threading.Condition()

    def follow():
        for line in answer:
            if line.startswith(b'data:'):
                with changed:
                    seen['videos'] = json.loads(line[5:])['totals']['videos']
                    changed.notify()

    threading.Thread(target=follow, daemon=True).start()
    delays, deadline, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with changed:
            before = seen['videos']
        begun = time.monotonic()
        post_video(number)
        number += 1
        with changed:
            if not changed.wait_for(lambda: seen['videos'] > before, 10):
                raise TimeoutError('an acknowledged video was not on the live stream after 10 s')
        delays.append((time.monotonic() - begun) * 1000)
        time.sleep(0.037)  # out of step with the stream's own beat
    connection.sock and connection.sock.close()
    return delays
