"""What the measures are called before people."""

MEASURE_WORDS = {
    "structure": "结构",
    "coverage": "待填项",
    "grounding": "有据",
    "facts": "用实",
    "leakage": "不泄露",
    "originality": "不照抄",
    "formulations": "提法",
    "length": "篇幅",
    "repetition": "不重复",
    "style": "文风",
    "language": "文面",
    "rhythm": "节奏",
    "content": "切题",
    "parts": "部分",
    "numbering": "序号",
    "promise": "几点",
    "parallel": "对仗",
    "balance": "均衡",
    "masking": "不多盖",
    "placeholders": "待填形式",
    "sheet": "待填单",
    "noise": "无噪声",
    "punctuation": "标点",
}
TARGET_WORDS = {
    "pipeline": "讲稿",
    "single": "单个提示词",
    "stuffed": "检索塞进提示词",
    "agentwrite": "先列计划、逐段重发全文",
    "no-retrieval": "讲稿去掉检索",
    "no-repair": "讲稿去掉修补",
    "no-planning": "讲稿去掉提纲",
}
# what a text cost, in the order of `evals.outcome.SPENT`
SPENT_WORDS = ("调用", "其中重问", "读入 token", "其中缓存", "写出 token", "秒")


def measure_words(name: str) -> str:
    return MEASURE_WORDS.get(name, name)


def target_words(name: str) -> str:
    return TARGET_WORDS.get(name, name)


def signed(difference: float) -> str:
    """+1.5, -0.4, and 0.0 without a sign."""
    shown = f"{difference:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown
