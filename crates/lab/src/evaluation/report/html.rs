//! The report as one page that needs nothing else: style, plots and pictures are in it.

use std::fmt::Write;

use super::Report;
use super::table::{Section, Table};

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;color:#1c1d21;background:#fff;max-width:1180px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #d8dae0;padding-bottom:.2rem}\
table{border-collapse:collapse;margin:.6rem 0 1.2rem;font-variant-numeric:tabular-nums;font-size:13.5px}\
caption{text-align:left;color:#555a66;padding-bottom:.3rem}th{text-align:left;font-weight:600;vertical-align:bottom;max-width:9rem}\
th,td{padding:.22rem .7rem .22rem 0;border-bottom:1px solid #e6e8ec}.wide{overflow-x:auto}\
td.yes{color:#0a6b3d;font-weight:600}td.no{color:#b3261e;font-weight:600}\
figure{display:inline-block;margin:.4rem 1.2rem .8rem 0;vertical-align:top}figure.strip{display:block}\
figcaption{color:#555a66;font-size:13px}img{max-width:100%}ul{padding-left:1.2rem}svg{background:#fff;max-width:100%}";

pub(super) fn page(report: &Report) -> String {
    let title = escape(&report.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<ul>"
    );
    for fact in &report.facts {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "<li>{}</li>", escape(fact));
    }
    out += "</ul>\n";
    report.sections.iter().for_each(|section| push_section(&mut out, section));
    if !report.examples.is_empty() {
        out += "<h2>Examples</h2>\n";
    }
    for example in &report.examples {
        let caption = escape(&example.caption);
        let _ = writeln!(
            out,
            "<figure class=\"strip\"><figcaption>{caption}</figcaption>\
             <img alt=\"{caption}\" src=\"data:image/jpeg;base64,{}\"></figure>",
            base64::encode(&example.jpeg)
        );
    }
    out + "</body></html>\n"
}

fn push_section(out: &mut String, section: &Section) {
    let _ = writeln!(out, "<h2>{}</h2>", escape(&section.title));
    for paragraph in &section.text {
        let _ = writeln!(out, "<p>{}</p>", escape(paragraph));
    }
    section.tables.iter().for_each(|table| push_table(out, table));
    for plot in section.plots.iter().filter(|plot| plot.shows_something()) {
        let _ = writeln!(out, "<figure>{}</figure>", plot.svg());
    }
}

fn push_table(out: &mut String, table: &Table) {
    let _ = write!(out, "<div class=\"wide\"><table><caption>{}</caption><tr>", escape(&table.caption));
    for head in &table.head {
        let _ = write!(out, "<th>{}</th>", escape(head));
    }
    for row in &table.rows {
        *out += "</tr>\n<tr>";
        for cell in row {
            let class = if matches!(cell.as_str(), "yes" | "no") {
                format!(" class=\"{cell}\"")
            } else {
                String::new()
            };
            let _ = write!(out, "<td{class}>{}</td>", escape(cell));
        }
    }
    *out += "</tr></table></div>\n";
}

/// Text that HTML and SVG take for nothing but text.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
