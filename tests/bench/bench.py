"""Runs the rows and prints the table; writes it as Markdown and JSON too.

  tests/bench/run [--quick] [ROW…]      rows: single batches latency fold verify start-up live boards freshness board
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict

import rows
from servers import ROOT

REPORTS = os.path.join(ROOT, 'build/bench')


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def packages(*names):
    done = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${Version}\n', *names], capture_output=True, text=True, check=False)
    return done.stdout.split('\n')[:-1]


def surroundings():
    model = next((line.split(':')[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name')), '?')
    return {'date': datetime.date.today().isoformat(), 'cpu': model, 'cores': os.cpu_count(),
            'commit': version('git', '-C', ROOT, 'rev-parse', '--short', 'HEAD'),
            'versions': packages('redis-server', 'webdis', 'nginx-light', 'libnginx-mod-http-lua', 'lua-nginx-redis',
                                 'libnginx-mod-nchan', 'libevent-core-2.1-7', 'libhiredis0.14')}


def number(value):
    if value >= 1000:
        return f'{value:,.0f}'
    return f'{value:.2f}' if value < 10 else f'{value:.1f}'


def as_markdown(lines, around):
    out = [f"Measured {around['date']} on {around['cores']} cores of {around['cpu']}, commit {around['commit']}; "
           f"{', '.join(around['versions'])}.", '',
           '| what | ours | peers | ratio | target | |', '|---|---|---|---|---|---|']
    for line in lines:
        peers = ', '.join(f'{side} {number(value)}' for side, value in line.figures.items() if side != 'ours')
        ratio = '' if line.ratio is None else f'{line.ratio:.2f}'
        met = {True: 'met', False: '**missed**', None: ''}[line.met]
        out.append(f'| {line.row}: {line.what} | {number(line.figures["ours"])} {line.unit} | {peers} | {ratio} | '
                   f'{line.target} | {met} |')
    return '\n'.join(out) + '\n'


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run', description='Measures Bochuang beside its peers.')
    parser.add_argument('--quick', action='store_true', help='two minutes: shorter, fewer repeats, smaller logs')
    parser.add_argument('rows', nargs='*', metavar='ROW', help=f"only these: {' '.join(rows.ROWS)}")
    wanted = parser.parse_args()
    plan = rows.Plan(seconds=1.0, repeats=2, quick=True) if wanted.quick else rows.Plan(seconds=4.0, repeats=5, quick=False)
    around = surroundings()
    lines, failed = [], False
    for name in wanted.rows or rows.ROWS:
        begun = time.monotonic()
        try:
            lines += rows.ROWS[name](plan)
        except Exception as error:  # one broken row must not cost the others
            failed = True
            print(f'{name}: failed: {error}', file=sys.stderr)
        print(f'{name}: {time.monotonic() - begun:.0f} s', file=sys.stderr)
    os.makedirs(REPORTS, exist_ok=True)
    table = as_markdown(lines, around)
    with open(os.path.join(REPORTS, 'bench.md'), 'w') as file:
        file.write(table)
    with open(os.path.join(REPORTS, 'bench.json'), 'w') as file:
        json.dump({'around': around, 'lines': [asdict(line) for line in lines]}, file, indent=1, ensure_ascii=False)
    print(table)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
