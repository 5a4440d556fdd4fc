"""The look of reports: light, and fit to print."""

from __future__ import annotations

LIGHT = """
:root{--bg:#f6f7f9;--panel:#fff;--line:#e3e6eb;--text:#1b2330;--muted:#5b6472;--accent:#3b5bdb;
--add:#12805c;--add-bg:#e6f6ee;--add-word:#b6e6cd;--del:#c0392f;--del-bg:#fdeceb;--del-word:#f8c4c0;--warn:#b25e09}
"""
RULES = """\
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.55 Inter,"Segoe UI",system-ui,sans-serif}
main{max-width:1000px;margin:0 auto;padding:40px 24px 64px}
header{margin-bottom:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:36px 0 12px}
h3{font-size:15px;margin:0 0 2px}
p{margin:0 0 8px}
.muted,dt,th{color:var(--muted)}
.small{font-size:13px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px 18px;
margin:0 0 14px}
.card>:last-child{margin-bottom:0}
.words li{margin-bottom:6px}
ul{margin:0;padding-left:20px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:8px 10px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
th{font-size:12px;font-weight:600}
.two{display:grid;grid-template-columns:1fr 1fr;border:1px solid var(--line);border-radius:6px;
overflow:hidden;margin:10px 0}
.two>div{padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere;min-height:42px}
.two>div:first-child{border-right:1px solid var(--line)}
.two .label{margin:0 0 2px;font-size:12px;font-weight:600;color:var(--muted)}
.was{background:var(--del-bg)}.now{background:var(--add-bg)}
del{background:var(--del-word);border-radius:3px;text-decoration-color:var(--del)}
ins{background:var(--add-word);border-radius:3px;text-decoration:none;font-weight:600}
blockquote{margin:8px 0;padding:2px 0 2px 12px;border-left:3px solid var(--accent)}
.ok{color:var(--add);font-weight:600}.bad{color:var(--del);font-weight:600}.warn{color:var(--warn);font-weight:600}
.digest{font:12px/1.5 "JetBrains Mono","DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}
dd{margin:0}
.scroll{overflow-x:auto}
@media (max-width:640px){.two{grid-template-columns:1fr}
.two>div:first-child{border-right:0;border-bottom:1px solid var(--line)}}
"""
PRINT = """\
@media print{:root{--bg:#fff;--panel:#fff;--line:#ccc;--text:#000;--muted:#444;--add:#12805c;--add-bg:#f1faf5;
--add-word:#cdeedd;--del:#a02a22;--del-bg:#fdf3f2;--del-word:#f8d4d1;--warn:#8a4a07;--accent:#3b5bdb}
body{font-size:11pt}main{max-width:none;padding:0}.card,.two,tr,blockquote{break-inside:avoid}
h2{break-after:avoid}}
"""
