"""The part of OData that Graph's calendar paths understand: filter, select, expand, order, preferences."""
