"""What an account is, who belongs to it and which programs act for it; changed by its owners."""
