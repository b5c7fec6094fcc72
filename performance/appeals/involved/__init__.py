"""Who is involved in an appeal, by the rule of the database itself."""
