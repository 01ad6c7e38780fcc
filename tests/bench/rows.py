"""The rows of the table: what each measures, on ours and on the peers, and the target it is held against.

A row is a function of a `Plan` (how long, how often) that gives a list of `Line`s. Sides of a comparison take turns
within one row, several times, and medians are compared: a machine that drifts then drifts for both.
"""
import base64
import json
import os
import random
import resource
import statistics
import subprocess
import time
from dataclasses import dataclass

import msgpack
import yaml

from servers import BENCH_BIN, BIN, CONTEST, ROOT, Stage, get, wait_for

CONTEST_FILE = os.path.join(ROOT, 'config/contests/youxian-2021.yaml')
HOLE = '@' * 16
WEBDIS_AUTH = 'Basic ' + base64.b64encode(b'bench:secret').decode()


@dataclass
class Plan:
    seconds: float  # of each load
    repeats: int
    quick: bool


@dataclass
class Line:
    """One line of the table: figures by side, and how the ratio stands to the target."""
    row: str
    what: str
    figures: dict  # side -> median
    unit: str
    target: str = ''
    ratio: float | None = None  # ours against the peer named in the target
    met: bool | None = None


def event(identity=HOLE):
    return {'id': identity, 'type': 'order.paid', 'time': '2021-11-26T19:21:07+08:00', 'session': 's-001',
            'product': 'youxian-dried-tofu', 'quantity': 2, 'amount_fen': 3980}


def dumps(value):
    return json.dumps(value, separators=(',', ':')).encode()


def request(line, authorization, content_type, body):
    head = (f'{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n'
            f'Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n')
    return head.encode() + body


def load(stage, server, template, seconds, connections=64, rate=0):
    """Runs the load generator; its report, with the server's CPU added."""
    path = os.path.join(stage.directory, 'template')
    with open(path, 'wb') as file:
        file.write(template)
    load.first += 10 ** 9
    before = server.cpu_s()
    done = subprocess.run([f'{BENCH_BIN}/load', '--port', str(server.port), '--connections', str(connections), '--seconds',
                           str(seconds), '--rate', str(rate), '--first', str(load.first), '--template', path],
                          capture_output=True, text=True, check=True, timeout=seconds + 60)
    report = json.loads(done.stdout)
    report['cpu_us'] = (server.cpu_s() - before) / max(1, report['requests']) * 1e6
    report['per_s'] = report['requests'] / report['seconds']
    if report['failures']:
        raise RuntimeError(f"{server.name}: {report['failures']} of {report['requests']} requests failed")
    return report


load.first = 0


def take_turns(stage, plan, servers, warm_up_s=0.5, **more):
    """Each side once to warm up, which is not counted, then in turns; the reports by side."""
    for server, template in servers.values():
        load(stage, server, template, warm_up_s, **more)
    reports = {side: [] for side in servers}
    for _ in range(plan.repeats):
        for side, (server, template) in servers.items():
            reports[side].append(load(stage, server, template, plan.seconds, **more))
    return reports


def medians(reports, key):
    return {side: statistics.median(report[key] for report in runs) for side, runs in reports.items()}


def compare(row, what, figures, unit, peer, target, higher_is_better, text):
    ratio = figures['ours'] / figures[peer]
    met = ratio >= target if higher_is_better else ratio <= target
    return Line(row, what, figures, unit, text, ratio, met)


def post_line(kind='events'):
    return f'POST /v1/contests/{CONTEST}/{kind}'


def single_events(plan):
    """One JSON event a request, 64 keep-alive connections, fsync before each answer."""
    body = dumps(event())
    with Stage() as stage:
        stage.redis()
        ours = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        servers = {
            'ours': (ours, request(post_line(), bearer, 'application/json', body)),
            'webdis': (stage.webdis(), request('PUT /XADD/bench/*/e', WEBDIS_AUTH, 'application/json', body)),
            'nginx+lua': (stage.nginx_lua(), request('POST /', 'Bearer bench-secret', 'application/json', body)),
            'nginx 204': (stage.nginx('nginx-204', 'location / { return 204; }'),
                          request(post_line(), bearer, 'application/json', body)),
            'bare sockets': (stage.bare(), request(post_line(), bearer, 'application/json', body)),
        }
        time.sleep(0.3)
        short = Plan(plan.seconds / 2, plan.repeats * 2, plan.quick)  # quick turns: what drifts does so for all sides
        sides = take_turns(stage, short, servers)
        idle_enough = {side: servers[side] for side in ('ours', 'nginx 204', 'bare sockets')}
        steady = medians(take_turns(stage, short, idle_enough, rate=50000), 'cpu_us')
    cpu, rate = medians(sides, 'cpu_us'), medians(sides, 'per_s')
    durable = {side: rate[side] for side in ('ours', 'webdis', 'nginx+lua')}
    name = 'single events, durable'
    return [
        compare(name, 'CPU per event', cpu, 'µs', 'webdis', 1 / 3, False, '≤ 1/3 of webdis'),
        compare(name, 'CPU per event', cpu, 'µs', 'nginx+lua', 1 / 3, False, '≤ 1/3 of nginx+Lua'),
        compare(name, 'acknowledged events/s', durable, '/s', 'webdis', 1.5, True, '≥ 1.5 × webdis'),
        compare('the cost of being right', 'CPU per request', cpu, 'µs', 'nginx 204', 1.0, False, '≤ 1.0 × nginx 204'),
        compare('the cost of being right, each at 50,000 requests/s', 'CPU per request', steady, 'µs', 'nginx 204', 1.0, False,
                '≤ 1.0 × nginx 204'),
    ]


def batch_bodies():
    events = [event() for _ in range(100)]
    return {'NDJSON': ('application/x-ndjson', b'\n'.join(dumps(one) for one in events) + b'\n'),
            'MessagePack': ('application/msgpack', b''.join(msgpack.packb(one) for one in events))}


def redis_benchmark(stage, seconds_hint):
    """XADD of one event's bytes as they stand in our log, 100 in a pipeline; events/s."""
    payload = msgpack.packb([0, '0' * 16, 1637925667000, 's-001', 'youxian-dried-tofu', 2, 3980, 0])
    requests = int(300000 * max(1, seconds_hint / 2))
    done = subprocess.run(['redis-benchmark', '-s', stage.socket_path, '-P', '100', '-c', '64', '-n', str(requests), '--csv',
                           'XADD', 'bench', '*', 'e', 'x' * len(payload)], capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout.strip().splitlines()[-1].split(',')[1].strip('"'))


def batches(plan):
    """100 events a request; the peer is Redis itself, given the same payload without HTTP, parsing or a token."""
    rates = {'redis-benchmark': []} | {f'ours {kind}': [] for kind in batch_bodies()}
    with Stage() as stage:
        stage.redis()
        ours = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        time.sleep(0.3)
        for _ in range(plan.repeats):
            for kind, (content_type, body) in batch_bodies().items():
                report = load(stage, ours, request(post_line(), bearer, content_type, body), plan.seconds)
                rates[f'ours {kind}'].append(report['per_s'] * 100)
            rates['redis-benchmark'].append(redis_benchmark(stage, plan.seconds))
    peer = statistics.median(rates['redis-benchmark'])
    return [compare('batches, durable', f'{kind} of 100, events/s',
                    {'ours': statistics.median(rates[f'ours {kind}']), 'redis-benchmark': peer}, '/s', 'redis-benchmark',
                    target, True, f'≥ {target} × redis-benchmark -P 100')
            for kind, target in (('NDJSON', 1.5), ('MessagePack', 2.5))]


def latency(plan):
    """20,000 single events a second, evenly; latency from when each was due to its acknowledgement."""
    body = dumps(event())
    with Stage() as stage:
        stage.redis()
        ours = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        servers = {'ours': (ours, request(post_line(), bearer, 'application/json', body)),
                   'webdis': (stage.webdis(), request('PUT /XADD/bench/*/e', WEBDIS_AUTH, 'application/json', body))}
        time.sleep(0.3)
        # A disk takes its time to forget what an earlier row deleted from it: its fsyncs come late for some seconds.
        sides = take_turns(stage, plan, servers, warm_up_s=1 if plan.quick else 8, rate=20000)
    return [compare('latency at 20,000 events/s', name, medians(sides, key), 'µs', 'webdis', 1.0, False, 'below webdis')
            for name, key in (('p50', 'p50_us'), ('p99', 'p99_us'), ('p99.9', 'p999_us'))]


def fill_log(stage, ingest, bearer, count):
    """Brings `count` distinct events into the log through ingest, in MessagePack bodies of 1,000."""
    body = b''.join(msgpack.packb(event()) for _ in range(1000))
    path = os.path.join(stage.directory, 'fill')
    with open(path, 'wb') as file:
        file.write(request(post_line(), bearer, 'application/msgpack', body))
    sent = 0
    while sent < count:
        seconds = min(5.0, max(0.2, (count - sent) / 1e6))
        load.first += 10 ** 9
        done = subprocess.run([f'{BENCH_BIN}/load', '--port', str(ingest.port), '--connections', '8', '--seconds', str(seconds),
                               '--first', str(load.first), '--template', path],
                              capture_output=True, text=True, check=True, timeout=120)
        sent += json.loads(done.stdout)['requests'] * 1000
    return sent


def log_length(stage):
    return int(stage.redis_cli('XLEN', f'bochuang:{{{CONTEST}/0}}:log'))


def start_up(plan):
    """A log of n events in Redis, an aggregator from its start to ready; and what the log costs in Redis."""
    sizes = (10 ** 5, 10 ** 6) if plan.quick else (10 ** 5, 10 ** 6, 10 ** 7)
    found = {size: start_up_at(size, plan.repeats if size > 10 ** 5 else 2 * plan.repeats) for size in sizes}
    lines = []
    for size, one in found.items():
        limit = 4.0 if size == 10 ** 7 else 2.0 if size == 10 ** 6 else None
        lines.append(Line('start-up', f'{size:,} events in the log to ready', {'ours': one['ready_s']}, 's',
                          f'≤ {limit:g} s' if limit else '', None, one['ready_s'] <= limit if limit else None))
    small, large = found[sizes[0]], found[sizes[-1]]
    lines += [Line('log size', 'bytes in Redis per event', {'ours': large['log_bytes']}, 'B', '≤ 80', None, large['log_bytes'] <= 80),
              Line('log size', 'aggregator memory per event', {'ours': large['memory_bytes']}, 'B')]
    for key, what in (('ingest_us', 'ingest CPU per event'), ('fold_us', 'start-up CPU per event'), ('query_us', 'board query CPU')):
        ratio = large[key] / small[key]
        lines.append(Line('cost over size', f'{what}, {sizes[0]:,} → {sizes[-1]:,} events',
                          {'small': small[key], 'ours': large[key]}, 'µs', '≤ 1.5 ×', ratio, ratio <= 1.5))
    return lines


def start_up_at(size, repeats):
    """What a log of so many events costs; of the starts, which are quick and few, medians."""
    starts = []
    with Stage() as stage:
        stage.redis()
        ingest = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        time.sleep(0.3)
        before = ingest.cpu_s()
        sent = fill_log(stage, ingest, bearer, size)
        ingest_us = (ingest.cpu_s() - before) / sent * 1e6
        log_bytes = int(stage.redis_cli('MEMORY', 'USAGE', f'bochuang:{{{CONTEST}/0}}:log', 'SAMPLES', '0'))
        for _ in range(repeats):
            begun = time.monotonic()
            board = stage.aggregator()
            starts.append({'ready_s': (time.monotonic() - begun) * size / sent, 'fold_us': board.cpu_s() / sent * 1e6,
                           'query_us': query_cost_us(board), 'memory_bytes': board.resident_bytes() / sent})
            board.stop()
    return {'ingest_us': ingest_us, 'log_bytes': log_bytes / sent} | \
           {key: statistics.median(start[key] for start in starts) for key in starts[0]}


def query_cost_us(board, count=300):
    before = board.cpu_s()
    for _ in range(count):
        get(board.port, f'/v1/contests/{CONTEST}/totals')
        get(board.port, f'/v1/contests/{CONTEST}/tally?by=county,product')
    return (board.cpu_s() - before) / count / 2 * 1e6


def watch(port, path, count, seconds):
    return subprocess.Popen([f'{BENCH_BIN}/watchers', '--port', str(port), '--path', path, '--count', str(count), '--seconds',
                             str(seconds)], stdout=subprocess.PIPE, text=True)


def crowd_cost(server, path, count, seconds, push):
    """CPU per delivery and memory per watcher while `push` is called four times a second."""
    idle_bytes = server.resident_bytes()
    crowd = watch(server.port, path, count, seconds)
    assert json.loads(crowd.stdout.readline())['connected'] == count
    crowded_bytes = server.resident_bytes()
    before, deadline = server.cpu_s(), time.monotonic() + seconds
    while time.monotonic() < deadline - 0.3:
        push()
        time.sleep(0.25)
    report = json.loads(crowd.stdout.readline())
    cpu = server.cpu_s() - before
    crowd.wait(20)
    return {'cpu_us': cpu / max(1, report['deliveries']) * 1e6, 'bytes': (crowded_bytes - idle_bytes) / count,
            'deliveries': report['deliveries'], 'message_bytes': report['bytes'] / max(1, report['deliveries'])}


def live_streams(plan):
    """Watchers of one contest's live stream, four updates a second, against nchan with a message of the same size."""
    count, seconds = (2000, 4) if plan.quick else (10000, 6)
    sides = {'ours': [], 'nchan': []}
    with Stage() as stage:
        stage.redis()
        ingest = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        board = stage.aggregator('--connection-limit', '16000')
        nchan = stage.nginx('nchan', 'location /pub { nchan_publisher; nchan_channel_id c; nchan_message_buffer_length 1; } '
                                     'location /sub { nchan_subscriber eventsource; nchan_channel_id c; }', ('ngx_nchan_module.so',))
        time.sleep(0.3)
        numbers = iter(range(10 ** 9))

        def push_sale():
            post(ingest.port, f'/v1/contests/{CONTEST}/events', bearer, dumps(event(f'live-{next(numbers)}')))

        def push_message():
            post(nchan.port, '/pub', 'none', b'x' * int(sides['ours'][-1]['message_bytes'] - 40))

        for _ in range(min(plan.repeats, 3)):
            sides['ours'].append(crowd_cost(board, f'/v1/contests/{CONTEST}/live', count, seconds, push_sale))
            sides['nchan'].append(crowd_cost(nchan, '/sub', count, seconds, push_message))
    memory = medians(sides, 'bytes')
    return [compare(f'{count:,} live streams', 'CPU per delivery', medians(sides, 'cpu_us'), 'µs', 'nchan', 0.6, False,
                    '≤ 0.6 × nchan'),
            Line(f'{count:,} live streams', 'memory per watcher', memory, 'B', '≤ 4096 B', None, memory['ours'] <= 4096),
            Line(f'{count:,} live streams', 'bytes per message', medians(sides, 'message_bytes'), 'B')]


# What a board asks beside its stream, and how many seconds go by between two times (docs/screens.md).
ASKS = {'/healthz': 10, f'/v1/contests/{CONTEST}/chains': 15, f'/v1/contests/{CONTEST}/series?bucket_s=60&by=channel': 20,
        f'/v1/contests/{CONTEST}/rankings/streamers': 20}


def boards(plan):
    """So many boards at once: their streams, and all that they ask beside them, while sales arrive four times a second."""
    count, seconds = (2000, 4) if plan.quick else (10000, 12)
    with Stage() as stage:
        stage.redis()
        ingest = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        board = stage.aggregator('--connection-limit', '16000')
        time.sleep(0.3)
        crowd = watch(board.port, f'/v1/contests/{CONTEST}/live', count, seconds)
        json.loads(crowd.stdout.readline())
        before, begun, number = board.cpu_s(), time.monotonic(), 0
        asking = [run_load(board.port, [stage.write(f'ask-{index}', get_request(path))], seconds - 1, count / pause, 64)
                  for index, (path, pause) in enumerate(ASKS.items())]
        while time.monotonic() - begun < seconds - 1:
            number += 1
            post(ingest.port, f'/v1/contests/{CONTEST}/events', bearer, dumps(event(f'seen-{number}')))
            time.sleep(0.25)
        cores = (board.cpu_s() - before) / (time.monotonic() - begun)
        waits = [json.loads(one.communicate()[0]) for one in asking]
        told = json.loads(crowd.communicate()[0])
    if any(report['failures'] for report in waits) or told['cut_off']:
        raise RuntimeError(f'boards were refused or cut off: {waits}, {told}')
    name = f'{count:,} open boards, streams and questions'
    return [Line(name, 'CPU', {'ours': cores}, 'cores', 'less than one', None, cores < 1),
            Line(name, 'what they ask, p99', {'ours': max(report['p99_us'] for report in waits) / 1000}, 'ms')]


def post(port, path, bearer, body, content_type='application/json'):
    import urllib.request
    headers = {'Authorization': bearer, 'Content-Type': content_type}
    with urllib.request.urlopen(urllib.request.Request(f'http://127.0.0.1:{port}{path}', body, headers), timeout=10) as answer:
        return answer.read()


def background_load(stage, ingest, bearer, rate, seconds):
    """A steady stream of events, in NDJSON bodies of 50."""
    body = b'\n'.join(dumps(event()) for _ in range(50)) + b'\n'
    path = os.path.join(stage.directory, 'background')
    with open(path, 'wb') as file:
        file.write(request(post_line(), bearer, 'application/x-ndjson', body))
    load.first += 10 ** 9
    return subprocess.Popen([f'{BENCH_BIN}/load', '--port', str(ingest.port), '--connections', '32', '--seconds', str(seconds),
                             '--rate', str(rate / 50), '--first', str(load.first), '--template', path],
                            stdout=subprocess.PIPE, text=True)


def freshness(plan):
    """From the moment an event is posted until a live stream shows it, while 50,000 others a second arrive."""
    import live_client
    seconds = 4 if plan.quick else 10
    with Stage() as stage:
        stage.redis()
        ingest = stage.ingest(CONTEST_FILE)
        bearer = f"Bearer {stage.token('connector')}"
        board = stage.aggregator()
        time.sleep(0.3)
        noise = background_load(stage, ingest, bearer, 50000, seconds + 1)
        delays = live_client.delays_ms(
            board.port, CONTEST, lambda number: post(
                ingest.port, f'/v1/contests/{CONTEST}/events', bearer,
                dumps(event(f'fresh-{number}') | {'type': 'video.published', 'streamer': 'yx-01'})), seconds)
        report = json.loads(noise.communicate()[0])
    delays.sort()
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    name = f"freshness at {report['requests'] * 50 / report['seconds']:,.0f} events/s"
    return [Line(name, 'p50, post to live stream', {'ours': p50}, 'ms', '≤ 250 ms', None, p50 <= 250),
            Line(name, 'p99, post to live stream', {'ours': p99}, 'ms', '≤ 1000 ms', None, p99 <= 1000)]


def fold(plan):
    """Events/s of the fold on one thread, against DuckDB on two threads over the same events in Parquet."""
    events = 10 ** 6 if plan.quick else 10 ** 7
    ours, peer = [], []
    with Stage() as stage:
        csv = os.path.join(stage.directory, 'events.csv')
        sessions = stage.write('sessions.csv', sessions_csv())
        runs = min(plan.repeats, 3)
        for run in range(runs):
            done = subprocess.run([f'{BENCH_BIN}/fold_bench', CONTEST_FILE, str(events), *([csv] if run == 0 else [])],
                                  capture_output=True, text=True, check=True, timeout=300)
            ours.append(json.loads(done.stdout))
        done = subprocess.run(['node', os.path.join(ROOT, 'build/bench/duckdb/fold.mjs'), csv, sessions, str(runs)],
                              capture_output=True, text=True, check=True, timeout=600)
        peer = json.loads(done.stdout)
    if (ours[0]['net_fen'], ours[0]['orders']) != (peer['net_fen'], peer['orders']):
        raise RuntimeError(f'the fold and DuckDB disagree: {ours[0]} against {peer}')
    seconds = {'ours': statistics.median(one['seconds'] for one in ours), 'DuckDB': statistics.median(peer['seconds'])}
    rate = statistics.median(one['events_per_s'] for one in ours)
    beyond = ours[0]['bytes_beyond_id']
    name = f'fold of {events:,} events'
    return [compare(name, 'wall time (ours 1 thread, DuckDB 2)', seconds, 's', 'DuckDB', 1.0, False, 'below DuckDB'),
            Line(name, 'events/s', {'ours': rate}, '/s', '≥ 5,000,000', None, rate >= 5e6),
            Line(name, 'bytes per event beyond its id', {'ours': beyond}, 'B', '≤ 64', None, beyond <= 64)]


def verify(plan):
    """CPU of `bochuang verify`, which has one thread, for the evidence of a million events, ten an entry."""
    taken = []
    with Stage() as stage:
        file = os.path.join(stage.directory, 'contest.evidence')
        subprocess.run([f'{BENCH_BIN}/fold_bench', CONTEST_FILE, str(10 ** 6), '--evidence', file], check=True, timeout=300)
        for _ in range(min(plan.repeats, 3)):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([f'{BIN}/bochuang', 'verify', file], stdout=subprocess.DEVNULL, check=True, timeout=300)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    seconds = statistics.median(taken)
    return [Line('verify of 1,000,000 events', 'CPU', {'ours': seconds}, 's', '≤ 2 s', None, seconds <= 2)]


def sessions_csv():
    contest = yaml.safe_load(open(CONTEST_FILE))
    county = {streamer['id']: streamer['county'] for streamer in contest['streamers']}
    rows_ = [f"{one['id']},{one['streamer']},{county[one['streamer']]}" for one in contest['sessions']]
    return '\n'.join(['session,streamer,county', *rows_]) + '\n'


def large_contest(stage):
    """5,000 sessions of 500 streamers, 500 products, 24 counties; every ranking of the usual contest."""
    contest = yaml.safe_load(open(CONTEST_FILE))
    counties = contest['counties']
    contest['products'] = [{'id': f'p-{i:03}', 'name': f'产品{i}', 'county': counties[i % len(counties)]['id'], 'category': '水果'}
                           for i in range(500)]
    contest['streamers'] = [{'id': f'st-{i:03}', 'name': f'队伍{i}', 'county': counties[i % len(counties)]['id'],
                             'division': contest['divisions'][i % 2]['id']} for i in range(500)]
    contest['sessions'] = [{'id': f's-{i:04}', 'streamer': f'st-{i % 500:03}', 'platform': 'douyin',
                            'starts': '2021-11-26T19:00:00+08:00', 'ends': '2021-11-26T21:00:00+08:00'} for i in range(5000)]
    return stage.write('large.yaml', json.dumps(contest, ensure_ascii=False, default=str))


def scattered_templates(stage, bearer, count, events):
    """Requests of `events` sales each, scattered over the sessions and products of the large contest."""
    chance = random.Random(1)
    paths = []
    for number in range(count):
        sales = [event() | {'session': f's-{chance.randrange(5000):04}', 'product': f'p-{chance.randrange(500):03}',
                            'amount_fen': 1000 + chance.randrange(9000)} for _ in range(events)]
        paths.append(os.path.join(stage.directory, f'scattered-{number}'))
        with open(paths[-1], 'wb') as file:
            file.write(request(post_line(), bearer, 'application/x-ndjson', b'\n'.join(map(dumps, sales)) + b'\n'))
    return paths


def run_load(port, paths, seconds, rate, connections):
    load.first += 10 ** 9
    command = [f'{BENCH_BIN}/load', '--port', str(port), '--connections', str(connections), '--seconds', str(seconds),
               '--rate', str(rate), '--first', str(load.first)]
    for path in paths:
        command += ['--template', path]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


BOARD_PATHS = ('totals', 'tally?by=county,product', 'rankings/streamers', 'rankings/counties')


def board(plan):
    """What a reader waits for while 50,000 events/s arrive in a large contest, and whether ingest notices the readers."""
    seconds, rounds = (3, 1) if plan.quick else (6, 5)
    with Stage() as stage:
        stage.redis()
        ingest = stage.ingest(large_contest(stage))
        bearer = f"Bearer {stage.token('connector')}"
        time.sleep(0.3)
        fill = run_load(ingest.port, scattered_templates(stage, bearer, 48, 5000), 2, 0, 48)
        fill.communicate()
        reader = stage.aggregator()
        paths = scattered_templates(stage, bearer, 32, 50)

        def cost_of_ingest(work):
            before = ingest.cpu_s()
            arriving = run_load(ingest.port, paths, seconds, 1000, 32)
            found = work()
            report = json.loads(arriving.communicate()[0])
            return (ingest.cpu_s() - before) / report['requests'] / 50 * 1e6, found

        def read_all():
            return {path: read_board(stage, reader, path, seconds / len(BOARD_PATHS) * 0.8) for path in BOARD_PATHS}

        turns = [(cost_of_ingest(lambda: None)[0], *cost_of_ingest(read_all)) for _ in range(rounds)]
    lines = []
    for path in BOARD_PATHS:
        p99_ms = statistics.median(waits[path]['p99_us'] for _, _, waits in turns) / 1000
        lines.append(Line('board at 50,000 events/s', f'{path}, p99', {'ours': p99_ms}, 'ms', '≤ 20 ms', None, p99_ms <= 20))
    alone, together = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
    return lines + [Line('board at 50,000 events/s', 'ingest CPU per event, with readers', {'alone': alone, 'ours': together},
                         'µs', '≤ 1.05 ×', together / alone, together <= 1.05 * alone)]


def get_request(path):
    return f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'


def read_board(stage, reader, path, seconds):
    template = stage.write('read', get_request(f'/v1/contests/{CONTEST}/{path}'))
    return json.loads(run_load(reader.port, [template], seconds, 50, 8).communicate()[0])


ROWS = {'single': single_events, 'batches': batches, 'latency': latency, 'fold': fold, 'verify': verify, 'start-up': start_up, 'live': live_streams,
        'boards': boards, 'freshness': freshness, 'board': board}
