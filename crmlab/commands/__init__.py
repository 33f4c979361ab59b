"""The commands of ``crmlab``, one file each; what is heavy is imported when a command runs."""
