#!/bin/sh
# A draft over HTTP with curl: begin, follow, export. JIANGGAO_URL and JIANGGAO_KEY say where and as whom.
set -eu
url=${JIANGGAO_URL:-http://127.0.0.1:8000}
auth="Authorization: Bearer ${JIANGGAO_KEY:-none}"

# The key makes a repeated request the same request: nothing is begun twice.
draft=$(curl -fsS "$url/v1/drafts" -H "$auth" -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)-$$" \
    -d "{\"request\": \"$1\"}" |
    sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
echo "$draft"

curl -fsSN "$url/v1/drafts/$draft/events" -H "$auth" | grep --line-buffered '^event: \(section-written\|finished\|failed\)'
curl -fsS "$url/v1/drafts/$draft/export?format=docx" -H "$auth" -o "$draft.docx"
