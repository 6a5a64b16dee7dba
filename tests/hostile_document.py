"""A document full of markup, control characters, `]]>` and bidirectional marks."""

HOSTILE_TITLE = "A]]>&amp;B <b>C</b>\u202eD\x07E\ufffe {F} _G_ \\H"
_SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
HOSTILE = f"""---
title: 'Day ]]> <i>x</i> &lt; \u202ey'
date: 2025-11-15T06:30:15+08:00
tags: ['<b>', ']]>', 'a&b']
author: "]]> <Zed> & Co"
cover: {{image: 'javascript:alert(1)'}}
---

## 今日焦點（Top Headlines）

### {HOSTILE_TITLE}

**核心摘要**\u0020\u0020
{_SCRIPT} ]]> \x0b\x0c\x01 \u2066iso\u2069 [rel](/local) **粗** `a<b]]>`

**技術細節**
- {_SCRIPT}
- ]]> <!-- x --> &#x3C;svg onload=alert(1)&#x3E;
- [data](data:text/html;base64,AAAA) ![i](javascript:x) <https://a.example/?a=1&b=2>

**關鍵實體**：<i>]]></i>、A&B
**重要性**：高 — ]]> <script>
**來源**： [<b>]]></b>](https://news.example/?q=%3Cscript%3E&x="y") | [bad](javascript:alert(1))

## 編輯洞察

### 關注清單

- {_SCRIPT} ]]>
"""
