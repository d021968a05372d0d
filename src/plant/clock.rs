//! The one clock of the program: plant time, settable in tests (`field-failures.md` A2).

use crate::domain::Moment;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::fmt;
use std::sync::Arc;

/// Tells the time in the plant's zone.
#[derive(Clone)]
pub struct Clock {
    zone: Tz,
    utc: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl Clock {
    /// The machine's clock, in the plant's `zone`.
    pub fn system(zone: Tz) -> Clock {
        Clock { zone, utc: Arc::new(Utc::now) }
    }

    /// A clock that says what `utc` says, for tests.
    pub fn from_fn(zone: Tz, utc: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Clock {
        Clock { zone, utc: Arc::new(utc) }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        (self.utc)().with_timezone(&self.zone).fixed_offset()
    }

    /// The date on the plant's wall.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// The plant's zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.zone)
    }
}
