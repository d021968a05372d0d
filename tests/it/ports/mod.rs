pub(crate) mod events;
pub(crate) mod locks;
