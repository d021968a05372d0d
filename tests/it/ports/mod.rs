mod events;
mod locks;
