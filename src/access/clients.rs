//! Clients with a bearer token, and walls with their link.

use super::book::{House, Token};
use super::rules;
use super::secret::{digest, random};
use super::{Access, Book, Denied};
use uuid::Uuid;

/// What every token begins with, so that one is known where it should not be.
const PREFIX: &str = "spool_";

/// How many tokens that have ended are known as such, so that the forms that made them make no others.
const ENDED: usize = 100;

/// How many forms are known that made links for the wall.
const FORMS: usize = 20;

/// To the hour: when a token was last used.
const USED: i64 = 3_600;

impl Access {
    /// Makes a token, and gives it: it is never told again.
    ///
    /// # Errors
    /// [`Denied::BadName`].
    pub async fn add_token(&self, name: &str, acts: bool, by: &str, now: i64) -> Result<String, Denied> {
        self.make_token(&random::<4>()?, (name, acts), by, now).await
    }

    /// The same for a form that may be sent twice, as by a page that is loaded again: the second time nothing is made.
    ///
    /// # Errors
    /// [`Denied::BadName`].
    pub async fn add_token_once(&self, form: Uuid, what: (&str, bool), by: &str, now: i64) -> Result<Option<String>, Denied> {
        match self.make_token(&digest(&form.to_string())[..8], what, by, now).await {
            Err(Denied::Taken) => Ok(None),
            made => made.map(Some),
        }
    }

    async fn make_token(&self, id: &str, (name, acts): (&str, bool), by: &str, now: i64) -> Result<String, Denied> {
        let name = rules::name(name).ok_or(Denied::BadName)?;
        let secret = random::<32>()?;
        let token = Token { name, hash: digest(&secret), acts, since: now, by: by.to_owned(), seen: 0 };
        self.enter(id, token).await?;
        Ok(format!("{PREFIX}{id}_{secret}"))
    }

    /// Ends a token. That it was there stays known for as long as not many newer ones have ended.
    ///
    /// # Errors
    /// There is none with this id.
    pub async fn revoke_token(&self, id: &str) -> Result<Token, Denied> {
        let end = |token: Option<Token>| {
            let token = token.filter(|token| !token.has_ended()).ok_or(Denied::Gone)?;
            // An earlier build, too, lets nobody in with it.
            Ok((Some(Token { hash: String::new(), ..token.clone() }), token))
        };
        let ended = self.change(id, end).await?;
        let book = self.book()?;
        let mut known: Vec<(&String, &Token)> = book.ended.iter().collect();
        known.sort_by_key(|(_, token)| std::cmp::Reverse(token.since));
        for (id, _) in known.into_iter().skip(ENDED) {
            // That somebody else removed it is as good.
            let _ = self.remove::<Token>(id).await;
        }
        Ok(ended)
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
        self.new_wall_once(Uuid::new_v4(), now).await.map(Option::unwrap_or_default)
    }

    /// The same for a form that may be sent twice: the second time the link that it made stays.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn new_wall_once(&self, form: Uuid, now: i64) -> Result<Option<String>, Denied> {
        let (secret, form) = (random::<16>()?, form.to_string());
        Ok(self.put_wall(&digest(&secret), &form, now).await?.then_some(secret))
    }

    /// Makes the link for walls none any more.
    ///
    /// # Errors
    /// The register cannot be reached.
    pub async fn no_wall(&self, now: i64) -> Result<(), Denied> {
        self.put_wall("", "", now).await.map(|_| ())
    }

    /// Whether it was put: not what a form sent that has been seen to already.
    async fn put_wall(&self, hash: &str, form: &str, now: i64) -> Result<bool, Denied> {
        let put = |house: Option<House>| {
            let house = house.unwrap_or_default();
            let mut forms: Vec<&str> = house.wall_form.split_whitespace().collect();
            if forms.contains(&form) {
                return Ok((Some(house), false));
            }
            // Which forms made the last ones is known also when they are links no more: sent again, they make none anew.
            forms.extend(Some(form).filter(|form| !form.is_empty()));
            let wall_form = forms[forms.len().saturating_sub(FORMS)..].join(" ");
            Ok((Some(House { wall: hash.to_owned(), wall_since: now, wall_form, ..house }), true))
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
