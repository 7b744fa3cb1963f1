"""The Google face: Google Calendar, the Workspace directory and sign-in, as far as a booking service meets them."""
