//! How far the making has come: a bar on a terminal, a line a phase elsewhere.

use std::io::{IsTerminal, Write, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far it has come.
pub struct Progress {
    bar: ProgressBar,
    is_seen: bool,
}

impl Progress {
    /// So many commands are ahead.
    #[must_use]
    pub fn seen(commands: u64) -> Self {
        let is_seen = stderr().is_terminal();
        let bar = if is_seen {
            ProgressBar::new(commands)
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len} {elapsed}")
            .expect("the template is part of the program");
        bar.set_style(style);
        Self { bar, is_seen }
    }

    /// Nobody looks.
    #[must_use]
    pub fn unseen(_commands: u64) -> Self {
        Self {
            bar: ProgressBar::hidden(),
            is_seen: true,
        }
    }

    /// Something else begins.
    pub fn phase(&self, name: &'static str) {
        if self.is_seen {
            self.bar.set_message(name);
        } else {
            // A closed pipe is no error.
            let _ = writeln!(stderr(), "{name}");
        }
    }

    /// So many commands more are done.
    pub fn done(&self, commands: usize) {
        self.bar.inc(commands as u64);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
