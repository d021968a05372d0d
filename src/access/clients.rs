//! Clients with a bearer token, and walls with their link.

use super::book::{House, Token};
use super::rules;
use super::secret::{digest, random};
use super::{Access, Book, Denied};

/// What every token begins with, so that one is known where it should not be.
const PREFIX: &str = "spool_";

/// To the hour: when a token was last used.
const USED: i64 = 3_600;

impl Access {
    /// Makes a token, and gives it: it is never told again.
    ///
    /// # Errors
    /// [`Denied::BadName`].
    pub async fn add_token(&self, name: &str, acts: bool, by: &str, now: i64) -> Result<String, Denied> {
        let name = rules::name(name).ok_or(Denied::BadName)?;
        let (id, secret) = (random::<4>()?, random::<32>()?);
        let token = Token { name, hash: digest(&secret), acts, since: now, by: by.to_owned(), seen: 0 };
        self.enter(&id, token).await?;
        Ok(format!("{PREFIX}{id}_{secret}"))
    }

    /// Ends a token.
    ///
    /// # Errors
    /// There is none with this id.
    pub async fn revoke_token(&self, id: &str) -> Result<Token, Denied> {
        self.remove::<Token>(id).await
    }

    /// Notes that a token was used, if that was not noted within the hour.
    ///
    /// # Errors
    /// The register cannot be reached, or the token has ended.
    pub async fn used(&self, id: &str, token: &Token, now: i64) -> Result<(), Denied> {
        match now - token.seen > USED {
            true => self.alter(id, |token: &mut Token| token.seen = token.seen.max(now)).await,
            false => Ok(()),
        }
    }

    /// Makes another link for walls, and gives its secret; the link before it is none any more.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn new_wall(&self, now: i64) -> Result<String, Denied> {
        let secret = random::<16>()?;
        self.put_wall(&digest(&secret), now).await?;
        Ok(secret)
    }

    /// Makes the link for walls none any more.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn no_wall(&self, now: i64) -> Result<(), Denied> {
        self.put_wall("", now).await
    }

    async fn put_wall(&self, hash: &str, now: i64) -> Result<(), Denied> {
        let put = |house: Option<House>| {
            let house = House { wall: hash.to_owned(), wall_since: now, ..house.unwrap_or_default() };
            Ok((Some(house), ()))
        };
        self.change("", put).await
    }
}

impl Book {
    /// The token that was sent, with its id.
    pub fn token(&self, text: &str) -> Option<(String, &Token)> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let token = self.tokens.get(id).filter(|token| token.hash == digest(secret))?;
        Some((id.to_owned(), token))
    }

    /// Whether this is the secret of the wall's link.
    pub fn is_wall(&self, secret: &str) -> bool {
        !self.house.wall.is_empty() && self.house.wall == digest(secret)
    }
}
