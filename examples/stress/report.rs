//! What came of all scenarios, in Markdown.

use crate::check::About;
use crate::journal::counts;
use crate::scenario::Verdict;

const HEAD: &str = "\
| scenario | seconds | acknowledged | refused | without an answer at first | left so | kills \
| longest silence, s | lost | oversold | stray | sums | forbidden errors | `stockroom check` |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |";

const KINDS: &str = "\
| command | acknowledged | refused | without an answer at first | left so |
| --- | ---: | ---: | ---: | ---: |";

/// The table of scenarios, and what was done in which.
pub fn text(verdicts: &[Verdict]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    lines.extend(verdicts.iter().map(row));
    lines.push(String::new());
    for verdict in verdicts {
        let name = verdict.scenario.name();
        let turned = verdict.turned_away.iter();
        let turned = turned.map(|(code, times)| format!("{times} times {code}"));
        let (messages, breaks) = verdict.heard;
        let heard = format!("subscribers: {messages} messages, came back {breaks} times");
        let notes = verdict.done.notes.iter().cloned();
        let all: Vec<String> = notes.chain(turned).chain([heard]).collect();
        lines.push(format!("- {name}: {}", all.join("; ")));
    }
    for verdict in verdicts
        .iter()
        .filter(|verdict| !verdict.spoiled.is_empty())
    {
        lines.push(String::new());
        lines.push(format!("Of all commands of {}:", verdict.scenario.name()));
        lines.push(String::new());
        lines.push(KINDS.to_owned());
        for (command, count) in counts(&verdict.entries) {
            lines.push(format!(
                "| {command} | {} | {} | {} | {} |",
                count.acknowledged, count.refused, count.unknown, count.left
            ));
        }
        lines.push(String::new());
        lines.push("The checker put to the test:".to_owned());
        lines.push(String::new());
        for (name, is_found) in &verdict.spoiled {
            let found = if *is_found { "found" } else { "**not found**" };
            lines.push(format!("- {name}: {found}"));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn row(verdict: &Verdict) -> String {
    let (mut acknowledged, mut refused, mut unknown, mut left) = (0, 0, 0, 0);
    for count in counts(&verdict.entries).values() {
        acknowledged += count.acknowledged;
        refused += count.refused;
        unknown += count.unknown;
        left += count.left;
    }
    let differences = verdict.differences.counts();
    let of = |about: About| differences.get(&about).copied().unwrap_or_default();
    format!(
        "| {} | {:.0} | {acknowledged} | {refused} | {unknown} | {left} | {} | {:.2} \
         | {} | {} | {} | {} | {} | {} |",
        verdict.scenario.name(),
        verdict.time.as_secs_f64(),
        verdict.done.kills,
        verdict.silence.as_secs_f64(),
        of(About::Lost),
        of(About::Oversold),
        of(About::Stray),
        of(About::Sum),
        verdict.forbidden.len(),
        if verdict.own_check.is_none() {
            "clean"
        } else {
            "**differences**"
        },
    )
}

/// Everything that is wrong with a scenario, at most so many of each kind.
pub fn wrongs(verdict: &Verdict, most: usize) -> Vec<String> {
    let mut wrongs: Vec<String> = Vec::new();
    let differences = verdict.differences.all();
    for about in [About::Lost, About::Oversold, About::Stray, About::Sum] {
        let these = differences.iter().filter(|(of, _)| *of == about);
        wrongs.extend(
            these
                .take(most)
                .map(|(_, what)| format!("{about:?}: {what}")),
        );
    }
    let forbidden = verdict.forbidden.iter().take(most);
    wrongs.extend(forbidden.map(|what| format!("forbidden: {what}")));
    wrongs.extend(verdict.done.wrong.iter().take(most).cloned());
    let missed = verdict.spoiled.iter().filter(|(_, is_found)| !is_found);
    wrongs.extend(missed.map(|(name, _)| format!("the checker does not find: {name}")));
    wrongs.extend(verdict.own_check.clone());
    wrongs
}
