// What the API calls by a code, in the words of an office.

export const STATUS = {
  queued: "排队中", in_progress: "正在写", waiting: "待定提纲", completed: "已完成", failed: "未写成", cancelled: "已停止",
};
export const KIND = {
  date: "日期", person: "人名", place: "地点", organisation: "单位", count: "数量",
  amount: "金额", percent: "比例", document: "文件", name: "名称", other: "其他",
};
export const SEVERITY = { error: "须改", warning: "存疑", info: "提示" };
export const SCORE = {
  structure: "结构", placeholders: "待填项", grounding: "事实依据", leakage: "不泄露来源", originality: "原创",
  formulations: "提法", length: "篇幅", style: "文风", language: "文字",
};
export const REASON = {
  watermark: "水印", advert: "广告", contact: "联系方式", "source-url": "来源网址",
  paywall: "付费提示", disclaimer: "免责声明", "page-furniture": "页眉页脚",
};
export const TAKEN = {
  added: "已收入", unchanged: "已有", duplicate: "重复", refused: "未收", replaced: "已更新", moved: "已移动", removed: "已移除",
  missing: "原件不在", outdated: "待重读",
};
export const ROLE = {
  opening: "开头", lead: "引子", argument: "认识", practice: "做法", problem: "问题",
  measure: "任务", next: "打算", safeguard: "保障", closing: "结尾",
};
export const GENRES = ["讲话", "交流发言", "汇报发言", "研讨发言", "表态发言", "动员讲话", "致辞", "述职", "党课", "总结"];

/** 2026-08-03T01:02:03Z as 8月3日 09:02, in the clock of whoever reads it. */
export function moment(iso) {
  const at = new Date(iso);
  const two = (number) => String(number).padStart(2, "0");
  const year = at.getFullYear() === new Date().getFullYear() ? "" : `${at.getFullYear()}年`;
  return `${year}${at.getMonth() + 1}月${at.getDate()}日 ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Length as this field counts it: characters without white space. */
export const characters = (text) => [...text.replace(/\s+/g, "")].length;
