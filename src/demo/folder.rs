//! The folder of the demo: its database, its token, and who may touch them.
//!
//! The database is made under another name and gets its own when it is complete, so that half a
//! company is never served. One that is there is the demo's own when the token beside it opens it;
//! any other is neither served nor changed nor removed.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use fs4::FileExt;

use super::{Failure, OPERATOR};
use crate::identity::token::{ops, secret, store};
use crate::platform::actor::{Actor, Scope};
use crate::platform::clock;
use crate::platform::db::Db;

const DATABASE: &str = "demo.db";
const MAKING: &str = "demo.db.making";
const TOKEN: &str = "demo-token.txt";
const LOCK: &str = "demo.lock";
/// The files that SQLite and the server put beside a database.
const BESIDE: &[&str] = &["", "-wal", "-shm", ".lock"];

/// A folder that no other demo uses while this is held.
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

/// A demo that was made before.
#[derive(Clone, Debug)]
pub struct Made {
    /// The secret of its token.
    pub secret: String,
    /// Who the token is.
    pub actor: Actor,
    /// What it was made from.
    pub about: String,
}

impl Folder {
    /// Takes a folder, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be written, or another demo runs in it.
    pub fn take(path: &str) -> Result<Self, Failure> {
        let path = PathBuf::from(path);
        fs::create_dir_all(&path)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK))?;
        if FileExt::try_lock(&lock).is_err() {
            let folder = path.display();
            return Err(format!("another demo runs in {folder}; stop it first").into());
        }
        Ok(Self { path, _lock: lock })
    }

    /// Where the database is when it is complete.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Where it is while it is made.
    #[must_use]
    pub fn making(&self) -> PathBuf {
        self.path.join(MAKING)
    }

    /// The demo that is here; none when there is no database.
    ///
    /// # Errors
    /// When there is a database that is not the demo's own.
    pub async fn made(&self) -> Result<Option<Made>, Failure> {
        let database = self.database();
        if !database.exists() {
            return Ok(None);
        }
        if let Some(made) = self.own(&database).await {
            return Ok(Some(made));
        }
        let (database, token) = (database.display(), self.path.join(TOKEN));
        Err(format!(
            "{database} was not made by the demo: the token in {} does not open it. Nothing was \
             changed. Move it away, or name another folder with --folder",
            token.display()
        )
        .into())
    }

    /// The demo, when the token beside the database is one that the demo made in it.
    async fn own(&self, database: &Path) -> Option<Made> {
        let secret = fs::read_to_string(self.path.join(TOKEN)).ok()?;
        let secret = secret.trim().to_owned();
        let conn = Db::look(database).await.ok()?;
        let hash = secret::hash(&secret);
        let found = store::by_hashes(&conn, vec![hash]).await;
        // What was only read needs no good end.
        let _ = conn.close().await;
        let token = found.ok()?.pop()?;
        let is_own = ops::is_valid(&token, clock::now())
            && token.name == OPERATOR
            && token.created_by.is_none();
        is_own.then(|| Made {
            secret,
            actor: Actor::token(token.id, token.name, Scope::ALL.iter().copied().collect()),
            about: token.description.unwrap_or_default(),
        })
    }

    /// Removes the demo that is here; [`Self::made`] has said that it is one.
    ///
    /// # Errors
    /// The file system's.
    pub fn remove(&self) -> Result<(), Failure> {
        // The token goes last: until then the rest can be told to be the demo's.
        remove(&self.database())?;
        remove_file(&self.path.join(TOKEN))
    }

    /// Removes what is left of a making that was interrupted.
    ///
    /// # Errors
    /// The file system's.
    pub fn clear(&self) -> Result<(), Failure> {
        remove(&self.making())
    }

    /// What was made is complete.
    ///
    /// # Errors
    /// The file system's.
    pub fn complete(&self, secret: &str) -> Result<(), Failure> {
        let making = self.making();
        let log = beside(&making, "-wal");
        if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            return Err(format!("{} was not closed", making.display()).into());
        }
        // What may be left of an earlier database of the name does not belong to this one.
        for end in &BESIDE[1..] {
            remove_file(&beside(&self.database(), end))?;
        }
        fs::write(self.path.join(TOKEN), secret)?;
        // While it was made, nothing waited for the disk.
        File::open(&making)?.sync_all()?;
        fs::rename(&making, self.database())?;
        remove(&making)
    }
}

fn beside(database: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", database.display()))
}

/// Removes a database and what is beside it.
fn remove(database: &Path) -> Result<(), Failure> {
    for end in BESIDE {
        remove_file(&beside(database, end))?;
    }
    Ok(())
}

fn remove_file(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", file.display()).into())
        }
        _ => Ok(()),
    }
}
