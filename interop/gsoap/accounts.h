/* The accounts of a demonstration, and whom they act for. Everybody knows them. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#define SENDER "910075918"
#define SENDER_USER "avsender"
#define SENDER_PASSWORD "avsender-demo"
#define RECIPIENT "910077473"
#define RECIPIENT_USER "mottaker"
#define RECIPIENT_PASSWORD "mottaker-demo"

#endif
