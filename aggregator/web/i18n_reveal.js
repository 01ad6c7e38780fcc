// The sentences of the reveal.

import { learn } from './i18n.js';
import { say } from './i18n_desk.js';

learn({
  reveal: ['揭榜', 'Reveal'],
  chooseRanking: ['选择要揭晓的榜单', 'Choose what to reveal'],
  rankingFacts: ['{n} 名 · {awards} 个奖项', '{n} {n:place|places} · {awards} {awards:award|awards}'],
  noRanking: ['没有可以揭晓的榜单。', 'There is nothing to reveal.'],
  fromVersion: ['第 {n} 版（公示中）', 'Version {n} (provisional)'],
  fromFinal: ['第 {n} 版（最终结果）', 'Version {n} (final)'],
  fromLive: ['实时数据，尚未公布', 'Live figures, not published'],
  begin: ['开始', 'Begin'],
  forward: ['下一步', 'Next'],
  backward: ['上一步', 'Back'],
  fullScreen: ['全屏', 'Full screen'],
  presenter: ['主持人窗口', 'Presenter window'],
  keys: ['翻页笔、空格、→ 下一步；← 上一步；Home 从头；B 黑屏；F 全屏', 'Presenter remote, space, → next; ← back; Home from the start; B black; F full screen'],
  placeNo: ['第 {rank} 名', 'Place {rank}'],
  placesShared: ['并列第 {rank} 名', 'Shared place {rank}'],
  whoIsIt: ['花落谁家？', 'Who is it?'],
  runOf: ['第 {from} – {to} 名', 'Places {from} – {to}'],
  runOne: ['第 {from} 名', 'Place {from}'],
  revealed: ['已揭晓', 'Revealed'],
  committee: ['评委会评定', 'Given by the committee'],
  congratulations: ['恭喜获奖者', 'Congratulations'],
  noAwardHere: ['同名次，奖项由评委会决定', 'Same place; the panel decided'],
  black: ['黑屏中，按 B 恢复', 'Black screen: press B to come back'],
  stepOf: ['{n} / {all}', '{n} / {all}'],
  onStage: ['台上现在', 'On stage now'],
  comesNext: ['下一步将出现', 'What comes next'],
  afterThat: ['再下一步', 'After that'],
  hint_title: ['榜单标题', 'The title of the ranking'],
  hint_announce: ['宣布奖项：{award}，{place}（名字还不出现）', 'Announce {award}, {place} (no name yet)'],
  hint_reveal: ['揭晓 {place}：{names}', 'Reveal {place}: {names}'],
  hint_who: ['{who}（{figure}）', '{who} ({figure})'],
  hint_given: ['揭晓 {award}：{names}', 'Reveal {award}: {names}'],
  hint_run: ['依次滚出 {n} 名：{places}', 'Runs through {n}: {places}'],
  hint_end: ['获奖名单', 'All winners'],
  hint_none: ['（没有了）', '(nothing more)'],
  noStage: ['还没有连上大屏。请在大屏上打开揭榜页，再点“主持人窗口”。', 'No stage is heard. Open the reveal on the big screen and press "Presenter window" there.'],
  stageLost: ['大屏窗口没有回应。', 'The stage does not answer.'],
  onlyHere: ['这一页只给主持人看，不要投到大屏上。', "For the presenter's eyes: keep this window off the big screen."],
});

export { say };
