//! Writes the report as a single HTML page with its style, plots and pictures embedded.

use maud::{DOCTYPE, Markup, PreEscaped, html};

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
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (report.title) }
                ul { @for fact in &report.facts { li { (fact) } } }
                @for section in &report.sections { (section_markup(section)) }
                @if !report.examples.is_empty() { h2 { "Examples" } }
                @for example in &report.examples {
                    figure.strip {
                        figcaption { (example.caption) }
                        img alt=(example.caption) src={
                            "data:image/jpeg;base64," (base64::encode(&example.jpeg))
                        };
                    }
                }
            }
        }
    };
    page.into_string()
}

fn section_markup(section: &Section) -> Markup {
    html! {
        h2 { (section.title) }
        @for paragraph in &section.text { p { (paragraph) } }
        @for table in &section.tables { (table_markup(table)) }
        @for plot in section.plots.iter().filter(|plot| plot.shows_something()) {
            figure { (PreEscaped(plot.svg())) }
        }
    }
}

fn table_markup(table: &Table) -> Markup {
    let class = |cell: &str| ["yes", "no"].into_iter().find(|word| *word == cell);
    html! {
        div.wide {
            table {
                caption { (table.caption) }
                tr { @for head in &table.head { th { (head) } } }
                @for row in &table.rows {
                    tr { @for cell in row { td class=[class(cell)] { (cell) } } }
                }
            }
        }
    }
}
