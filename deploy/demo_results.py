"""Ends a demo as people end a contest: close, decide the awards, publish, finalise, and hand out the results.

Everything goes through the public interface and the command line, each step with the token of whoever may do it: the
organiser closes, a judge decides and publishes, the organiser finalises as the second person. Run again on a contest
that is final it only fetches the files.
"""
import argparse
import json
import os
import subprocess
import sys
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get('BOCHUANG_BIN', os.path.join(ROOT, 'build', 'bin'))
FORMATS = ('json', 'csv', 'xlsx', 'html')


class DemoFailure(Exception):
    """A step that did not hold; the message says which."""


def say(message):
    print(f'demo: {message}', file=sys.stderr, flush=True)


class Contest:
    def __init__(self, arguments):
        self.id, self.ingest, self.board = arguments.contest, arguments.ingest, arguments.board
        with open(arguments.tokens, encoding='utf-8') as file:
            self.tokens = json.load(file)['contests'][self.id]

    def get(self, path, role=None):
        fields = {'Authorization': f'Bearer {self.tokens[role]}'} if role else {}
        request = urllib.request.Request(f'{self.board}/v1/contests/{self.id}{path}', headers=fields)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def read(self, path, role=None):
        return json.loads(self.get(path, role))

    def act(self, role, kind, **fields):
        """An action with an id of its own place in the demo, so that a demo that is run again repeats nothing."""
        words = [f'{name}={value}' for name, value in fields.items()]
        done = subprocess.run([f'{BIN}/bochuang', 'act', '--contest', self.id, '--ingest', self.ingest, '--board', self.board, kind, *words],
                              env={**os.environ, 'BOCHUANG_TOKEN': self.tokens[role]}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DemoFailure(f'{kind} by the {role} did not hold:\n{done.stderr.rstrip()}')
        say(f'{kind} by the {role}: {done.stdout.strip()}')


# --- What a panel would decide ---


def manual_winner(award, counties, contest):
    """The county team, or the streamer, that did most of what the award is for; the reason says of what."""
    if 'organis' in award['id'] or '组织' in award['name']:
        best = max(counties, key=lambda row: (row['sessions'] + row['videos'], row['net_fen'], row['id']))
        return best['id'], f'{best["name"]}：参赛主播 {best["entrants"]} 个，直播 {best["sessions"]} 场，短视频 {best["videos"]} 个'
    rows = contest.read('/tally?by=streamer&view=live', 'judge')['rows']
    best = max(rows, key=lambda row: (row['videos'], row['net_fen'], row['streamer']))
    return best['streamer'], f'{best["names"]["streamer"]}：短视频 {best["videos"]} 个，评委会评定'


def tie_winners(award, contest):
    """As many of those who share the rank at the edge as the award has room for, in the order of the lot: their ids."""
    ranking = contest.read(f'/rankings/{award["ranking"]}?view=live', 'judge')['rows']
    at_edge = {row['rank'] for number, row in enumerate(ranking, 1) if row['rank'] <= award['to'] < number or row['rank'] < award['from'] <= number}
    inside = [row['id'] for number, row in enumerate(ranking, 1) if award['from'] <= number <= award['to'] and row['rank'] in at_edge]
    return ','.join(inside)


def decide_awards(contest):
    awards = {award['id']: award for award in contest.read('')['awards']}
    results = contest.read('/results', 'judge')
    for award in awards.values():
        if award.get('manual'):
            winner, reason = manual_winner(award, results['counties'], contest)
            contest.act('judge', 'award', id=f'demo-award-{award["id"]}'[:64], award=award['id'], winners=winner, reason=reason)
    for blocker in results['blockers']:
        if blocker['kind'] == 'undecided_tie':
            award = awards[blocker['award']]
            contest.act('judge', 'award', id=f'demo-tie-{award["id"]}'[:64], award=award['id'], winners=tie_winners(award, contest),
                        reason=f'第 {blocker["rank"]} 名并列，评委会抽签决定')


# --- The end ---


def publish(contest):
    left = contest.read('/results', 'judge')['blocker_totals']
    if any(left.values()):
        named = ', '.join(f'{count} {kind}' for kind, count in left.items() if count)
        contest.act('judge', 'publish', id='demo-publish', override='true', reason=f'评委会决定公布，搁置：{named}')
    else:
        contest.act('judge', 'publish', id='demo-publish', reason='评委会审议通过')


def end(contest):
    state = contest.read('')
    if state['final']:
        say('the contest is final already')
        return
    contest.act('organiser', 'close', id='demo-close')
    decide_awards(contest)
    publish(contest)
    newest = contest.read('/results')['versions'][-1]['number']
    contest.act('organiser', 'finalise', id='demo-finalise', version=newest, reason='演示定稿，未等公示期满')
    if state['frozen_at_ms'] is not None:
        contest.act('organiser', 'thaw', id='demo-thaw')


def fetch_files(contest, folder):
    os.makedirs(folder, exist_ok=True)
    number = contest.read('/results/latest')['number']
    for suffix in FORMATS:
        query = '' if suffix == 'json' else '?lang=both'
        path = os.path.join(folder, f'{contest.id}-results-{number}.{suffix}')
        body = contest.get(f'/results/{number}.{suffix}{query}')
        with open(path, 'wb') as file:
            file.write(body)
        say(f'{path}, {len(body):,} bytes')


def main():
    parser = argparse.ArgumentParser(prog='demo_results.py', description=__doc__.split('\n', maxsplit=1)[0])
    for name in ('contest', 'ingest', 'board', 'tokens', 'folder'):
        parser.add_argument(f'--{name}', required=True)
    arguments = parser.parse_args()
    contest = Contest(arguments)
    try:
        end(contest)
        fetch_files(contest, arguments.folder)
    except (DemoFailure, OSError) as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
