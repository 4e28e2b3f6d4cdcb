//! Filling a small volume up to its last byte, and giving the room back.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::api::{Outcome, told};

/// Written at once, first and last.
const BLOCKS: [usize; 2] = [1024 * 1024, 4096];

/// A file that takes all the room there is.
pub struct Filler {
    path: PathBuf,
    file: File,
}

impl Filler {
    /// An empty one.
    pub fn new(folder: &Path) -> Outcome<Self> {
        let path = folder.join("filler");
        let file = File::create(&path).map_err(told)?;
        Ok(Self { path, file })
    }

    /// Takes what room is left.
    pub fn fill(&mut self) -> Outcome<()> {
        for size in BLOCKS {
            let block = vec![0; size];
            loop {
                match self.file.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(told(error)),
                }
            }
        }
        Ok(())
    }

    /// Gives it back.
    pub fn remove(self) -> Outcome<()> {
        fs::remove_file(&self.path).map_err(told)
    }
}
