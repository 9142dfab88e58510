"""What people type: the two forms for sending a request, the clinic's answer, and finding one's own request again."""
