namespace TrainLint.Tool.Report;

/// <summary>How the page looks: in light and dark, on a phone and on paper. Colours of text and lines keep a contrast of at least 4.5 to 1, those of marks 3 to 1.</summary>
internal static class Style
{
    public const string Sheet = """
        :root{color-scheme:light dark;--bg:#fff;--soft:#f4f6f8;--text:#1b1f24;--muted:#57606a;--line:#d0d7de;--link:#0a58ca;--a:#0b62c4;--b:#b34700;--good:#1a7037;--bad:#b3261e;--look:#8a5300;--run:#6639ba;--zero:#8c959f}
        @media(prefers-color-scheme:dark){:root{--bg:#14171c;--soft:#1d2229;--text:#e6e9ed;--muted:#a3adb8;--line:#3a424c;--link:#7db4ff;--a:#6cb0ff;--b:#f2a154;--good:#5fca80;--bad:#ff8078;--look:#e8b04a;--run:#b79bff;--zero:#7d8792}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans CJK JP","Noto Sans JP","Yu Gothic UI",sans-serif}
        header,main,footer{max-width:58rem;margin:0 auto;padding:0 1rem}
        header{padding-top:2rem}
        h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
        h2{font-size:1.3rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
        h3{font-size:1.05rem;margin:1.75rem 0 .4rem}
        h4{font-size:.95rem;margin:1.25rem 0 .25rem;color:var(--muted)}
        p{margin:.4rem 0}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        code{font:.875em ui-monospace,SFMono-Regular,Consolas,monospace;background:var(--soft);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
        table code{white-space:nowrap;overflow-wrap:normal}
        .lead,.where,.more{color:var(--muted)}
        .skip{position:absolute;left:-100rem}
        .skip:focus{left:1rem;top:.5rem}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        nav ul{list-style:none;padding:0;margin:.5rem 0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--muted);padding:.25rem 0}
        th,td{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        td.n,th.n{text-align:right}
        .matrix{width:100%}.matrix th[scope=col]{font-weight:400;font-size:.76rem;line-height:1.2;vertical-align:bottom;padding:.3rem .2rem;text-align:center;hyphens:auto;word-break:auto-phrase}
        .matrix td{text-align:center;padding:.3rem .2rem}
        .matrix a{display:inline-block;min-width:1.6rem;text-decoration:none;font-weight:700}
        .v{display:inline-block;white-space:nowrap;font-size:.82rem;font-weight:600}
        .v i{display:inline-block;width:1.25rem;font-style:normal;font-weight:700;text-align:center}
        .order{color:var(--good)}.broken{color:var(--bad)}.look{color:var(--look)}.run{color:var(--run)}.unproven,.none{color:var(--muted)}
        .counts{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.4rem 0}
        details.loop{border:1px solid var(--line);border-radius:8px;margin:1rem 0;padding:0 1rem}
        details.loop>summary{cursor:pointer;padding:.75rem 0}
        summary h3{display:inline;margin:0}
        ol.points{list-style:none;padding:0;margin:0 0 .75rem}
        ol.points>li{display:grid;grid-template-columns:10.5rem 1fr;gap:0 .75rem;padding:.4rem 0;border-top:1px solid var(--line)}
        ol.points .title{font-weight:600}
        ol.points .why{grid-column:2;font-size:.92rem}
        li.is-broken,li.is-look{background:linear-gradient(90deg,var(--soft),transparent)}
        .code{display:block;margin:.25rem 0;padding:.3rem .5rem;white-space:pre-wrap}
        figure{margin:1rem 0 1.75rem}
        figcaption{font-weight:600}
        figcaption span{display:block;font-weight:400;font-size:.88rem;color:var(--muted)}
        svg.chart{display:block;width:100%;height:auto;margin-top:.4rem}
        svg.narrow{display:none}
        .grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--muted);stroke-width:1}
        .tick{fill:var(--muted);font-size:12px}
        .name{font-size:13px;font-weight:600}.name.a{fill:var(--a)}.name.b{fill:var(--b)}
        .curve{fill:none;stroke-width:1.6;stroke-linejoin:round}.curve.a{stroke:var(--a)}.curve.b{stroke:var(--b)}
        .curve.marked{stroke-width:2;stroke-dasharray:6 4}
        .dot{fill:var(--bg);stroke-width:2}.dot.a{stroke:var(--a)}.dot.b{stroke:var(--b)}
        .mark line{stroke:var(--look);stroke-width:1.2;stroke-dasharray:2 3}.mark rect{fill:var(--look)}.mark text{fill:var(--bg);font-size:11px;font-weight:700;dominant-baseline:central}
        .mark.error line{stroke:var(--bad);stroke-dasharray:none}.mark.error rect{fill:var(--bad)}
        .cell-a{fill:var(--a)}.cell-b{fill:var(--b)}.cell-zero{fill:none;stroke:var(--zero);stroke-width:.6}.cell-bad{fill:var(--text)}.lost{fill:var(--muted);fill-opacity:.14}
        .bar{display:inline-block;width:8rem;height:.7rem;margin-right:.5rem;border:1px solid var(--zero);border-radius:2px;vertical-align:middle;background:linear-gradient(var(--c),var(--c)) 0/var(--w) 100% no-repeat}
        .bar.a{--c:var(--a)}.bar.b{--c:var(--b)}
        .events{font-size:.92rem;padding-left:1.6rem}
        .chip{white-space:nowrap}.chip.odd{color:var(--bad);font-weight:700}
        .table{font-size:.9rem;margin:.3rem 0}.table summary{cursor:pointer;color:var(--link)}
        footer{margin-top:3rem;padding-bottom:2rem;color:var(--muted);font-size:.88rem}
        @media(max-width:40rem){ol.points>li{grid-template-columns:1fr}ol.points .why{grid-column:1}svg.wide{display:none}svg.narrow{display:block}details.loop{padding:0 .7rem}.bar{width:4rem}}
        @media print{:root{--bg:#fff;--soft:#f4f6f8;--text:#000;--muted:#444;--line:#bbb;--link:#000;--a:#0b62c4;--b:#b34700;--good:#1a7037;--bad:#b3261e;--look:#8a5300;--run:#6639ba}
        body{font-size:10.5pt}header,main,footer{max-width:none}nav,.skip{display:none}figure,li,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}.scroll{overflow:visible}details::details-content{content-visibility:visible;height:auto}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
        """;
}
