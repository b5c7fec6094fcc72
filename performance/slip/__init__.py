"""My month (我的绩效单): what a person was given, why, against whom and against last month, to print."""
