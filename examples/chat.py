"""A conversation over the OpenAI-compatible chat: what is given as arguments is said in turn. Needs the `openai` package."""

import os
import sys

from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

URL = os.environ.get("JIANGGAO_URL", "http://127.0.0.1:8000")


def main(said: list[str]) -> None:
    client = OpenAI(base_url=f"{URL}/v1", api_key=os.environ.get("JIANGGAO_KEY", "none"))
    turns: list[ChatCompletionMessageParam] = []
    for message in said:
        print(f"› {message}")
        turns.append({"role": "user", "content": message})
        answer = ""
        for chunk in client.chat.completions.create(model="jianggao", messages=turns, stream=True):
            delta = chunk.choices[0].delta
            # how the draft comes along; no part of the answer
            print(getattr(delta, "reasoning_content", None) or "", end="", file=sys.stderr, flush=True)
            answer += delta.content or ""
        print(answer)
        turns.append({"role": "assistant", "content": answer})


if __name__ == "__main__":
    main(sys.argv[1:])
