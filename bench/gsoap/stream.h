/* Attachments as streams: gSOAP's callbacks on open files, so that no payload is ever held in memory.
 * A file travels as its FILE pointer, in place of the bytes (sending) or as the handle (receiving). */
#ifndef STREAM_H
#define STREAM_H

#include "soapH.h"
#include <sys/stat.h>

static void *read_open(struct soap *soap, void *handle, const char *id, const char *type, const char *description)
{
	(void)soap, (void)id, (void)type, (void)description;
	return handle;
}

static size_t read_some(struct soap *soap, void *handle, char *buffer, size_t length)
{
	(void)soap;
	return fread(buffer, 1, length, (FILE *)handle);
}

static void read_close(struct soap *soap, void *handle)
{
	(void)soap;
	fclose((FILE *)handle);
}

static void *write_open(struct soap *soap, void *handle, const char *id, const char *type, const char *description,
	enum soap_mime_encoding encoding)
{
	(void)soap, (void)id, (void)type, (void)description, (void)encoding;
	return handle;
}

static int write_some(struct soap *soap, void *handle, const char *buffer, size_t length)
{
	(void)soap;
	return fwrite(buffer, 1, length, (FILE *)handle) == length ? SOAP_OK : SOAP_EOF;
}

static void write_close(struct soap *soap, void *handle)
{
	(void)soap, (void)handle; /* closed by whoever opened it, who checks */
}

/* stream_attachments makes a context send attachments from files, and leave what comes in until it is asked for. */
static void stream_attachments(struct soap *soap)
{
	soap->fmimereadopen = read_open;
	soap->fmimeread = read_some;
	soap->fmimereadclose = read_close;
	soap->fmimewriteopen = write_open;
	soap->fmimewrite = write_some;
	soap->fmimewriteclose = write_close;
	soap_post_check_mime_attachments(soap);
}

static long long size_of(FILE *file)
{
	struct stat status;
	return fstat(fileno(file), &status) == 0 ? (long long)status.st_size : -1;
}

/* send_from makes a file the content of an element. A size is needed for a Content-Length; with chunks, 0 says that the
 * file is read to its end. */
static void send_from(struct soap *soap, FILE *file, struct xsd__base64Binary *element)
{
	element->__ptr = (unsigned char *)file;
	element->__size = (soap->omode & SOAP_IO) == SOAP_IO_CHUNK ? 0 : (int)size_of(file);
	element->id = NULL;
	element->type = (char *)"application/octet-stream";
	element->options = NULL;
}

/* receive_one takes the one attachment of a message to a handle of fmimewrite. */
static int receive_one(struct soap *soap, void *handle)
{
	int parts = 0;

	if (soap_check_mime_attachments(soap))
		while (soap_recv_mime_attachment(soap, handle))
			parts++;
	if (parts != 1 && !soap->error)
		soap->error = SOAP_MIME_ERROR;
	return soap->error;
}

/* receive_into takes it into a file of that name, which is gone again when it fails. */
static inline int receive_into(struct soap *soap, const char *name)
{
	FILE *file = fopen(name, "wb");

	if (!file)
		return soap->error = SOAP_EOF;
	receive_one(soap, file);
	if (fclose(file) != 0 && !soap->error)
		soap->error = SOAP_EOF;
	if (soap->error)
		remove(name);
	return soap->error;
}

#endif
